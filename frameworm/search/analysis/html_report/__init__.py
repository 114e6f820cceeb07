"""A search's report: one HTML file that needs nothing else."""

from __future__ import annotations

from frameworm.search.analysis.html_report.page import report_html, write_report

__all__ = ["report_html", "write_report"]
