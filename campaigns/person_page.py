"""What campaigns know of one person, as the person's page asks for it; handed over by app.py."""

from campaigns.person_calls import of_person as calls
from campaigns.person_messages import of_person as messages
from campaigns.person_todos import of_person as todos
from campaigns.todo_list import receivers_at as receivers

__all__ = ["calls", "messages", "receivers", "todos"]
