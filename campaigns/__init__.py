"""REACHING people: definitions make queues, queues make conversations, outcomes flow back."""
