"""What happened after a market. Ids only."""

from dataclasses import dataclass

from cop.platform.outbox import Event


@dataclass(frozen=True, kw_only=True)
class HarvestReady(Event):
    """Everybody whom the market is for can read what it yielded."""

    name = "markets.harvest_ready"
    market_id: int
