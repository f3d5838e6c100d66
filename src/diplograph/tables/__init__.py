"""Tables: rows of CSV, JSON lines, XLSX and XML made acts and claims by a map, each row the evidence."""
