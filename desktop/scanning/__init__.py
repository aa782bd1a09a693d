"""扫码: every source of scanned text, and the one way from all of them to the page in front."""
