/// The tables and views of the store, as docs/store.md describes them.
enum StoreSchema {
  /// The version of the schema that this Attune writes; SQLite keeps it as `user_version`.
  static let version = 1
  /// What tells the store from other SQLite files: "Attu", SQLite's `application_id`.
  static let application = 0x4174_7475

  /// The statements that bring a store from each version to the next, from 0.
  static let migrations = [version1]

  private static let version1 = """
    CREATE TABLE runs (
      id TEXT PRIMARY KEY,
      name TEXT NOT NULL,
      kind TEXT NOT NULL CHECK (kind IN ('experiment', 'online')),
      folder TEXT NOT NULL UNIQUE,
      status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'stopped')),
      started TEXT NOT NULL,
      seconds REAL,
      arms_total INTEGER NOT NULL,
      config_hash TEXT NOT NULL,
      version TEXT NOT NULL,
      "commit" TEXT,
      metric TEXT,
      baseline TEXT
    ) STRICT;
    CREATE INDEX runs_started ON runs (started);

    CREATE TABLE settings (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE data_files (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      path TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (run, path)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE provenance (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trainings (
      id INTEGER PRIMARY KEY,
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      arm TEXT NOT NULL,
      seed INTEGER NOT NULL,
      seconds REAL,
      flops INTEGER,
      model_bytes INTEGER,
      parameters INTEGER,
      epochs INTEGER,
      best_epoch INTEGER,
      model_sha256 TEXT,
      reused INTEGER NOT NULL CHECK (reused IN (0, 1)),
      failure TEXT,
      UNIQUE (run, arm, seed)
    ) STRICT;
    CREATE INDEX trainings_model ON trainings (model_sha256);

    CREATE TABLE arms (
      id INTEGER PRIMARY KEY,
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      training TEXT NOT NULL,
      inference TEXT NOT NULL,
      scenario TEXT NOT NULL,
      seed INTEGER NOT NULL,
      quality REAL,
      failure TEXT,
      rows INTEGER NOT NULL,
      flops_per_sample REAL,
      preparation_seconds REAL,
      preparation_flops REAL,
      model_bytes INTEGER,
      adapted_share REAL,
      UNIQUE (run, training, inference, scenario, seed)
    ) STRICT;

    CREATE TABLE metrics (
      arm INTEGER NOT NULL REFERENCES arms (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      value REAL,
      PRIMARY KEY (arm, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE batches (
      arm INTEGER NOT NULL REFERENCES arms (id) ON DELETE CASCADE,
      metric TEXT NOT NULL,
      batch INTEGER NOT NULL,
      value REAL,
      PRIMARY KEY (arm, metric, batch)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE domains (
      arm INTEGER NOT NULL REFERENCES arms (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      rows INTEGER NOT NULL,
      quality REAL,
      PRIMARY KEY (arm, name)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE events (
      id INTEGER PRIMARY KEY,
      arm INTEGER NOT NULL REFERENCES arms (id) ON DELETE CASCADE,
      "row" INTEGER NOT NULL,
      batch INTEGER NOT NULL,
      kind TEXT NOT NULL,
      message TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_arm ON events (arm);

    CREATE TABLE cells (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      training TEXT NOT NULL,
      inference TEXT NOT NULL,
      scenario TEXT NOT NULL,
      mean REAL,
      low REAL,
      high REAL,
      difference REAL,
      difference_low REAL,
      difference_high REAL,
      verdict TEXT NOT NULL,
      oracle INTEGER NOT NULL CHECK (oracle IN (0, 1)),
      failures INTEGER NOT NULL,
      training_seconds REAL,
      training_flops REAL,
      flops_per_sample REAL,
      model_bytes INTEGER,
      preparation_seconds REAL,
      preparation_flops REAL,
      PRIMARY KEY (run, training, inference, scenario)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE latencies (
      run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      training TEXT NOT NULL,
      inference TEXT NOT NULL,
      scenario TEXT NOT NULL,
      call TEXT NOT NULL CHECK (call IN ('single', 'batch', 'predict', 'learn')),
      batch_size INTEGER NOT NULL,
      queries INTEGER,
      p50_microseconds REAL,
      p99_microseconds REAL,
      PRIMARY KEY (run, training, inference, scenario, call)
    ) STRICT, WITHOUT ROWID;

    CREATE VIEW results AS
      SELECT runs.id AS run, runs.name AS experiment, runs.started, runs.metric,
        cells.training, cells.inference, cells.scenario, cells.mean, cells.low, cells.high, cells.difference,
        cells.difference_low, cells.difference_high, cells.verdict, cells.oracle, cells.failures,
        cells.training_seconds, cells.training_flops, cells.flops_per_sample, cells.model_bytes, cells.preparation_seconds,
        cells.preparation_flops, single.p50_microseconds AS single_p50, single.p99_microseconds AS single_p99,
        batch.p50_microseconds AS batch_p50, batch.p99_microseconds AS batch_p99, runs.folder
      FROM cells JOIN runs ON runs.id = cells.run
        LEFT JOIN latencies AS single ON single.run = cells.run AND single.training = cells.training
          AND single.inference = cells.inference AND single.scenario = cells.scenario
          AND single.call IN ('single', 'predict')
        LEFT JOIN latencies AS batch ON batch.run = cells.run AND batch.training = cells.training
          AND batch.inference = cells.inference AND batch.scenario = cells.scenario AND batch.call = 'batch';

    CREATE VIEW progress AS
      SELECT runs.id AS run, runs.name AS experiment, runs.status, runs.arms_total,
        (SELECT count(*) FROM arms WHERE arms.run = runs.id) AS arms_done,
        (SELECT count(*) FROM arms WHERE arms.run = runs.id AND failure IS NOT NULL) AS arms_failed,
        (SELECT count(*) FROM trainings WHERE trainings.run = runs.id AND failure IS NOT NULL) AS trainings_failed,
        runs.started, runs.seconds, runs.folder
      FROM runs;
    """
}
