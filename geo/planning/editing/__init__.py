"""Redrawing a plan by hand: every act gives another exact partition, with its numbers counted along."""
