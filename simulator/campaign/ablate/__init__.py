"""What each layer is worth: every question again with each layer taken away, alone and in pairs."""
