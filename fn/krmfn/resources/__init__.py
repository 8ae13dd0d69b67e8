"""Resources and the lists that hold them: reading, fields, metadata, results, selectors."""
