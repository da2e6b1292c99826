"""What a build is told beside the landed rows: corrections, the last release, and contracts of your own."""
