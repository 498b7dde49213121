"""Results as what an LMS or a CI server takes: sheets, feedback, test reports."""
