"""The simulated MSP behind every simulated vendor."""

from .world import World as World
