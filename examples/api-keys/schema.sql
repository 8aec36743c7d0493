create table if not exists api_keys (
    -- Compared byte by byte: a collation that ignores case finds the record of another key.
    id             text collate "C" primary key,
    secret_hash    bytea not null check (octet_length(secret_hash) = 32),
    previous_hash  bytea check (octet_length(previous_hash) = 32),
    previous_until timestamptz,
    owner          text not null check (trim(owner) <> ''),
    scopes         text[] not null default '{}',
    issued_at      timestamptz not null,
    expires_at     timestamptz,
    revoked_at     timestamptz,
    claims         jsonb not null default '{}' check (jsonb_typeof(claims) = 'object'),
    last_used      timestamptz,
    check ((previous_hash is null) = (previous_until is null))
);
