"""Any other LMS: a download with a folder for each student."""
