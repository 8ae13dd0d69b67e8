"""The commit message of an ImageUpdateAutomation."""
