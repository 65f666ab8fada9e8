"""The containers, whole: images, compose file and profiles, on a real engine."""
