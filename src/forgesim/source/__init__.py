"""An app's source as it can be read without running it: what its conditions ask for, and what a reader should see."""
