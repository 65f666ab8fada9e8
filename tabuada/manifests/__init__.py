"""What a version says about itself: the artifact format as data."""
