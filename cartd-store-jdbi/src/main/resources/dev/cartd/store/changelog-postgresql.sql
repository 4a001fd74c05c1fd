--liquibase formatted sql

-- The original's tables come first, each only where it is absent: a database that the original made is taken as it is.
-- Numbers of carts come from the sequence of cart.id, so that cartd and the original never give the same one.
-- What cartd adds comes after them and only adds, so that the original can still work on the database.
-- A changeset that was ever released is never changed: what is new gets a changeset of its own.

--changeset cartd:original-cart dbms:postgresql
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'cart'
create table "cart" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "cart_uid" VARCHAR(255) NOT NULL,
    "bundle_path" VARCHAR(255) NOT NULL,
    "bundle" BOOLEAN,
    "creation_date" TIMESTAMP NOT NULL,
    "updated_date" TIMESTAMP NOT NULL,
    "deleted_date" TIMESTAMP,
    "status" TEXT NOT NULL,
    "error" TEXT NOT NULL
);

--changeset cartd:original-cart-bundle dbms:postgresql
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.columns where table_schema = current_schema() and table_name = 'cart' and column_name = 'bundle'
alter table "cart" add column "bundle" BOOLEAN;

--changeset cartd:original-file dbms:postgresql
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'file'
create table "file" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "cart_id" INTEGER NOT NULL,
    "file_name" VARCHAR(255) NOT NULL,
    "bundle_path" VARCHAR(255) NOT NULL,
    "hash_type" VARCHAR(255),
    "hash_value" VARCHAR(255),
    "status" TEXT NOT NULL,
    "error" TEXT NOT NULL,
    FOREIGN KEY ("cart_id") REFERENCES "cart" ("id")
);
create index "file_cart_id" on "file" ("cart_id");

--changeset cartd:original-carttasks dbms:postgresql
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'carttasks'
create table "carttasks" (
    "id" SERIAL NOT NULL PRIMARY KEY,
    "cart_id" INTEGER NOT NULL,
    "celery_task_id" VARCHAR(255) NOT NULL,
    FOREIGN KEY ("cart_id") REFERENCES "cart" ("id")
);
create index "carttasks_cart_id" on "carttasks" ("cart_id");

--changeset cartd:original-cartsystem dbms:postgresql
--preconditions onFail:MARK_RAN
--precondition-sql-check expectedResult:0 select count(*) from information_schema.tables where table_schema = current_schema() and table_name = 'cartsystem'
create table "cartsystem" (
    "part" VARCHAR(255) NOT NULL PRIMARY KEY,
    "value" INTEGER NOT NULL
);

--changeset cartd:original-version dbms:postgresql
insert into "cartsystem" ("part", "value") values ('major', 2), ('minor', 0)
    on conflict ("part") do update set "value" = excluded."value";

--changeset cartd:wide-columns dbms:postgresql
--comment Paths and ids may be longer than the original took them. Neither rows nor indexes are rewritten for this.
alter table cart alter column cart_uid type TEXT, alter column bundle_path type TEXT;
alter table file alter column file_name type TEXT, alter column bundle_path type TEXT,
    alter column hash_type type TEXT, alter column hash_value type TEXT;

--changeset cartd:cart-columns dbms:postgresql
alter table cart add column epoch BIGINT NOT NULL DEFAULT 0;
alter table cart add column content TEXT;
alter table cart add column ready_at BIGINT;
alter table cart add column away_since BIGINT;
alter table cart add column file_count INTEGER;
alter table cart add column staged_count INTEGER;
alter table cart add column total_bytes BIGINT;
alter table cart add column staged_bytes BIGINT;
alter table cart add column reserved BIGINT NOT NULL DEFAULT 0;
alter table cart add column leftovers INTEGER NOT NULL DEFAULT 0;
alter table cart add column boot TEXT NOT NULL DEFAULT '';
alter table cart add column moved_at BIGINT;
create index cart_by_uid on cart (cart_uid);
create index cart_by_status on cart (status);
create index cart_with_leftovers on cart (id) where leftovers <> 0;

--changeset cartd:file-columns dbms:postgresql
alter table file add column size BIGINT;
alter table file add column mtime BIGINT;
alter table file add column online BOOLEAN NOT NULL DEFAULT false;
alter table file add column asked BIGINT;
alter table file add column tries INTEGER NOT NULL DEFAULT 0;

--changeset cartd:steps dbms:postgresql
--comment The table of db-scheduler, and the wakes that StepTable counts. Times are milliseconds since 1970.
create table cartsteps (
    task_name TEXT NOT NULL,
    task_instance TEXT NOT NULL,
    task_data BYTEA,
    execution_time BIGINT NOT NULL,
    picked BOOLEAN NOT NULL,
    picked_by TEXT,
    last_success BIGINT,
    last_failure BIGINT,
    consecutive_failures INTEGER,
    last_heartbeat BIGINT,
    version BIGINT NOT NULL,
    priority INTEGER,
    wakes BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (task_name, task_instance)
);
create index cartsteps_by_time on cartsteps (execution_time);
create index cartsteps_by_heartbeat on cartsteps (last_heartbeat);

--changeset cartd:space dbms:postgresql
--comment What a cart takes on the volume (null: not measured yet), its place in the line for room, and what must not go.
alter table cart add column held BIGINT;
alter table cart add column wanted BIGINT;
alter table cart add column queued_at BIGINT;
alter table cart add column overtaken INTEGER NOT NULL DEFAULT 0;
alter table cart add column waits TEXT NOT NULL DEFAULT '';
alter table cart add column kept_until BIGINT;
create index cart_holding on cart (held) where held > 0;
create index cart_in_line on cart (queued_at) where queued_at is not null;
create table cartpins (
    cart_id BIGINT NOT NULL,
    node TEXT NOT NULL,
    downloads INTEGER NOT NULL,
    pinned_until BIGINT NOT NULL,
    PRIMARY KEY (cart_id, node)
);

--changeset cartd:twins dbms:postgresql
--comment Files that carts have in common: whose bytes a file shares (its own number where it was pulled), and who pulls it now.
alter table file add column share BIGINT;
alter table file add column pulling BIGINT;
alter table cart add column pulls_until BIGINT;
create index file_by_hash on file (hash_value);
create index file_shared on file (share, cart_id, size) where share is not null;

--changeset cartd:request-shares dbms:postgresql
--comment What each node has of the limit of requests to the archive; only nodes that want to send now have a row.
create table archiveshares (
    node TEXT NOT NULL PRIMARY KEY,
    learned INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    held INTEGER NOT NULL,
    turn_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL
);

--changeset cartd:waits dbms:postgresql
--comment For how long a cart has come no further and what it waits for: moments and durations in milliseconds, of working time only. Takes the place of away_since and moved_at.
alter table cart add column stalled BIGINT NOT NULL DEFAULT 0;
alter table cart add column counted_at BIGINT;
alter table cart add column wait_kind TEXT;
alter table cart add column wait_since BIGINT;
alter table cart add column waited BIGINT;
alter table cart add column wait_limit BIGINT;
alter table cart add column wait_detail TEXT;

--changeset cartd:mark-volume dbms:postgresql
--comment The id in the mark of the volume that the carts lie on: one row, or none as long as no volume was marked.
create table cartvolume (
    id TEXT NOT NULL PRIMARY KEY,
    marked_at BIGINT NOT NULL
);

--changeset cartd:time-instants dbms:postgresql
--comment What cartd goes by, in microseconds since 1970: used_at holds while updated_date is what cartd wrote (used_as). Local times that are there are read in the zone of the node that upgrades.
alter table cart add column created_at BIGINT;
alter table cart add column used_at BIGINT;
alter table cart add column used_as TIMESTAMP;
alter table cart add column ready_local TEXT;
update cart set used_as = updated_date,
    used_at = (extract(epoch from updated_date at time zone current_setting('TimeZone')) * 1000000)::bigint,
    ready_local = to_char(to_timestamp(ready_at / 1000), 'YYYY-MM-DD HH24:MI:SS');

--changeset cartd:twin-index dbms:postgresql
--comment The files that may be twins, by their ids in the archive: what waits is not among them, and the ids of a cart are often neighbours. Takes the place of file_by_hash.
create index file_as_twin on file (file_name, cart_id) where status = 'staged' or pulling is not null;
drop index file_by_hash;

--changeset cartd:reserved-room dbms:postgresql
--comment Of the carts in work few have room reserved; each reservation adds up theirs.
create index cart_reserving on cart (reserved, held) where reserved > 0;

--changeset cartd:file-pages dbms:postgresql
--comment A page of a cart's files in their order. SQLite needs no such index: each of its indexes ends in the row's number.
create index file_in_order on file (cart_id, id);

--changeset cartd:file-crc dbms:postgresql
--comment The CRC-32 of a file, which a zip needs; null where nobody has computed it yet.
alter table file add column crc BIGINT;

--changeset cartd:archive-permits dbms:postgresql
--comment What each node has of the limit of requests of each archive; the default one has an empty name. Takes the place of archiveshares, which stays for nodes of older versions.
create table archivepermits (
    archive TEXT NOT NULL,
    node TEXT NOT NULL,
    learned INTEGER NOT NULL,
    wanted INTEGER NOT NULL,
    allowed INTEGER NOT NULL,
    held INTEGER NOT NULL,
    turn_at BIGINT NOT NULL,
    lease_until BIGINT NOT NULL,
    PRIMARY KEY (archive, node)
);

--changeset cartd:cart-access dbms:postgresql
--comment Who owns the carts of a uid (empty: nobody), and the key that signs the links to them; null if there are no links.
create table cartaccess (
    cart_uid TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL DEFAULT '',
    link_key TEXT
);

--changeset cartd:file-sha256 dbms:postgresql
--comment The SHA-256 of a file in hex digits, where a bag needs it and the hash of the file is of another type; null where nobody has computed it.
alter table file add column sha256 TEXT;

--changeset cartd:file-receipt dbms:postgresql
--comment Which recall brings a file from tape, in the archive's words; null if none does. Few files have one.
alter table file add column receipt TEXT;
create index file_recalled on file (cart_id, id) where receipt is not null;

--changeset cartd:notices dbms:postgresql
--comment The URLs that are told about a cart, and the notices that are still to be sent; due_at is null for one that was given up. Times are milliseconds since 1970.
create table cartnotify (
    cart_id BIGINT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (cart_id, url)
);
create table cartnotice (
    id TEXT NOT NULL PRIMARY KEY,
    receiver TEXT NOT NULL,
    host TEXT NOT NULL,
    event TEXT NOT NULL,
    cart_id BIGINT NOT NULL,
    cart_uid TEXT NOT NULL,
    reason TEXT NOT NULL,
    files INTEGER NOT NULL,
    bytes BIGINT,
    happened_at BIGINT NOT NULL,
    due_at BIGINT,
    tries INTEGER NOT NULL DEFAULT 0,
    failure TEXT NOT NULL DEFAULT ''
);
create index cartnotice_due on cartnotice (due_at) where due_at is not null;
