"""What an ImagePolicy selects."""
