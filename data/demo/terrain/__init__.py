"""The ground of the demonstration county, made step by step: fields, network, cells, paths, regions, tables."""
