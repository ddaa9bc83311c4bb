"""Areas: who lies in whom (hierarchy) and who lies beside whom (topology)."""
