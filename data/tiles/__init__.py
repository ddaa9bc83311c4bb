"""Areas as vector tiles: one PMTiles archive for each edition of the areas, never in the store's way."""
