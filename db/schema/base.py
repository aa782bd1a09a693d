"""What all tables share: the metadata they are described in, and the types of columns that come in every one."""

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = sa.Text
Milliseconds = sa.BigInteger
RowId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
