"""The journal and the used codes, as the first version made them by itself: nothing is left to do."""

revision = "0001"
down_revision = None


def upgrade() -> None:
    pass
