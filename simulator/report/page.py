def write(layout): return layout.report
