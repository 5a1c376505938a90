"""Figures and files for the office: exports, missing data, KPI, acts."""
