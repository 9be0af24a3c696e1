"""Why somebody must not be rung at all: one rule, used when a queue is filled, claimed from, replayed and swept."""

from campaigns.models import QueueState

STANDS: dict[str, QueueState] = {
    # why: where the queue row stands for that reason
    "deceased": QueueState.REMOVED,
    "protected": QueueState.REMOVED,
    "merged": QueueState.REMOVED,
    "moved_out": QueueState.REMOVED,
    "refused": QueueState.REMOVED,
    "left": QueueState.REMOVED,
    "leaving": QueueState.BLOCKED,
    "distress": QueueState.BLOCKED,
    "goal_met": QueueState.DONE,
    "no_number": QueueState.BLOCKED,
}

REFUSED = """
    EXISTS (SELECT 1 FROM refusals r
            WHERE r.person_id = p.id AND r.revoked_at IS NULL AND r.channel IN ('call', 'all'))
    OR EXISTS (SELECT 1 FROM phones n JOIN refusals r ON r.e164 = n.e164
               WHERE n.person_id = p.id AND r.person_id IS NULL
                 AND r.revoked_at IS NULL AND r.channel IN ('call', 'all'))
"""
"""Of a person `p`: a no to calls binds the person on every number; one given for a number binds all on it (D21)."""

USABLE = """
    EXISTS (SELECT 1 FROM phones n
            WHERE n.person_id = p.id AND NOT EXISTS (SELECT 1 FROM blocked_numbers b WHERE b.e164 = n.e164))
"""
"""Of a person `p`: has a number nobody has called wrong."""

PERSON = f"""
    WHEN p.deceased_on IS NOT NULL THEN 'deceased'
    WHEN p.protected THEN 'protected'
    WHEN p.merged_into_id IS NOT NULL THEN 'merged'
    WHEN {REFUSED} THEN 'refused'
    WHEN NOT EXISTS (SELECT 1 FROM memberships m
                     WHERE m.person_id = p.id AND (m.to_day IS NULL OR m.to_day > :today)) THEN 'left'
    WHEN p.blocked_why IS NOT NULL THEN p.blocked_why
"""  # noqa: S608  made of constants alone

BEFORE_ENTRY = f"CASE {PERSON} WHEN NOT {USABLE} THEN 'no_number' END"
"""The hindrance of a person `p` on the way into a campaign, or NULL."""

HINDRANCE = f"""CASE {PERSON}
    WHEN t.excluded_on IS NOT NULL THEN t.excluded_why
    WHEN t.settled_on IS NOT NULL THEN 'goal_met'
    WHEN NOT {USABLE} THEN 'no_number'
END"""
"""The hindrance of a person `p` whose place in the campaign's target is `t`, or NULL: may be rung."""
