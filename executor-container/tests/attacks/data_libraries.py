"""Attacks through what data libraries offer: files, addresses, extensions and code in data."""

from cardinal_executor.sandbox.attack import Attack

ATTACKS = {
    "unpickled_code": Attack(
        "a process, a socket or a file of the host, by code that runs while something is unpickled",
        """
import io, pickle, subprocess, socket
import joblib
import pandas as pd


class Payload:
    def __init__(self, function, *arguments):
        self.parts = function, arguments

    def __reduce__(self):
        return self.parts


def render(df, f, p):
    payloads = {
        "process": Payload(subprocess.check_output, ["id"]),
        "shell": Payload(os.popen, "id"),
        "socket": Payload(socket.create_connection, ("127.0.0.1", p["port"])),
        "file": Payload(open, p["secret_file"]),
        "code": Payload(eval, "open(%r).read()" % p["secret_file"]),
    }

    def packed_by_joblib(payload):
        buffer = io.BytesIO()
        joblib.dump(payload, buffer)
        return io.BytesIO(buffer.getvalue())

    attempts = []
    for name, payload in payloads.items():
        attempts += [
            (name, lambda payload=payload: pickle.loads(pickle.dumps(payload))),
            ("joblib " + name, lambda payload=payload: joblib.load(packed_by_joblib(payload))),
            ("pandas " + name, lambda payload=payload: pd.read_pickle(io.BytesIO(pickle.dumps(payload)))),
        ]
    return try_all(attempts)
""",
    ),
    "pandas_expressions": Attack(
        "a process or a file by an expression that pandas evaluates",
        """
import pandas as pd


def render(df, f, p):
    frame = pd.DataFrame({"a": [1, 2]})
    names = {"module": os, "path": p["secret_file"], "open": open, "load": __import__}
    text = {"local_dict": names, "engine": "python"}
    return try_all([
        ("query", lambda: len(frame.query("@module.popen('id').read() != a", **text))),
        ("import", lambda: len(frame.query("@load('subprocess').getoutput('id') != a", **text))),
        ("file", lambda: pd.eval("open(path).read()", **text)),
        ("eval", lambda: pd.eval("__import__('os').system('id')", **text)),
        ("frame eval", lambda: frame.eval("b = @module.open(@path, 0)", **text).b.size),
        ("dunder", lambda: frame.eval("@module.__class__.__init__.__globals__", **text)),
        ("builtins", lambda: pd.eval("module.sys.modules['builtins'].open(path).read()", **text)),
    ])
""",
    ),
    "pandas_readers": Attack(
        "the host's files and other hosts' answers, by pandas' readers",
        """
import pandas as pd


def render(df, f, p):
    site = "http://127.0.0.1:%d/x" % p["port"]
    places = ["/etc/shadow", p["secret_file"], "file://" + p["secret_file"], site, "ftp://127.0.0.1/x",
              "/proc/1/environ", "/sys/kernel/notes"]
    readers = [pd.read_csv, pd.read_table, pd.read_fwf, pd.read_json, pd.read_pickle, pd.read_parquet, pd.read_excel,
               pd.read_feather, pd.read_stata, pd.read_sas, pd.read_orc, pd.read_html, pd.read_xml]
    attempts = [(f"{reader.__name__} {place}", lambda reader=reader, place=place: reader(place) is not None)
                for reader in readers for place in places]
    attempts.append(("host users", lambda: "root" in pd.read_csv("/etc/passwd", sep=":", header=None)[0].tolist()))
    said = try_all(attempts)
    return said if said.startswith("ESCAPED") else "blocked %d readings" % len(attempts)
""",
    ),
    "pandas_writers": Attack(
        "to leave files on the host, by pandas' writers",
        """
import pandas as pd


def render(df, f, p):
    frame = pd.DataFrame({"a": [1, 2]})
    writers = ["to_csv", "to_json", "to_pickle", "to_parquet", "to_excel", "to_feather", "to_stata", "to_html", "to_latex",
               "to_xml", "to_string", "to_orc"]
    ending = {"to_excel": ".xlsx"}
    attempts = []
    for name in writers:
        for folder in (p["drop"], "/usr/local", "/dev/shm", "/var/tmp"):
            path = f"{folder}/{name}{ending.get(name, '')}"
            attempts.append((path, lambda name=name, path=path: getattr(frame, name)(path) or os.path.exists(path)))
    attempts.append(("append", lambda: frame.to_csv(p["own_file"], mode="a") or True))
    said = try_all(attempts)
    return said if said.startswith("ESCAPED") else "blocked %d writings" % len(attempts)
""",
    ),
    "sqlite_attach": Attack(
        "files of the host by sqlite: attached databases, copies, extensions",
        """
import sqlite3
import pandas as pd


def render(df, f, p):
    memory = sqlite3.connect(":memory:")
    database = p["drop"] + "/planted.db"

    def attach(path):
        memory.execute(f"attach '{path}' as other")
        return memory.execute("create table other.t as select 1 a") or True

    def extension():
        memory.enable_load_extension(True)
        memory.load_extension("/usr/lib/x86_64-linux-gnu/libc.so.6")
        return True

    return try_all([
        ("attach", lambda: attach(database)),
        ("attach secret", lambda: attach(p["secret_file"])),
        ("vacuum", lambda: memory.execute(f"vacuum into '{database}'") or True),
        ("connect", lambda: sqlite3.connect(database).execute("create table t(a)") or True),
        ("uri", lambda: sqlite3.connect("file:" + p["secret_file"] + "?mode=ro", uri=True).execute("select * from t")),
        ("read_sql", lambda: pd.read_sql("select readfile('/etc/passwd')", memory)),
        ("to_sql", lambda: pd.DataFrame({"a": [1]}).to_sql("t", sqlite3.connect(database)) or True),
        ("temp", lambda: attach("/var/tmp/planted.db")),
        ("extension", extension),
    ])
""",
    ),
    "joblib_processes": Attack(
        "processes by scikit-learn's and Python's own pools, and their caches on disk",
        """
import concurrent.futures as futures
import multiprocessing
import joblib


def render(df, f, p):
    def parallel(backend):
        pids = joblib.Parallel(n_jobs=2, backend=backend, timeout=3)(joblib.delayed(os.getpid)() for _ in range(4))
        return set(pids) != {os.getpid()} and pids

    def executor(method):
        with futures.ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(method)) as pool:
            return pool.submit(os.getpid).result(3) != os.getpid()

    def cached():
        joblib.Memory(p["drop"], verbose=0).cache(abs)(1)
        return os.listdir(p["drop"])

    return try_all([
        *[(backend, lambda backend=backend: parallel(backend)) for backend in ("loky", "multiprocessing", "threading")],
        *[(method, lambda method=method: executor(method)) for method in ("fork", "spawn", "forkserver")],
        ("process", lambda: multiprocessing.Process(target=time.sleep, args=(9,)).start() or True),
        ("manager", lambda: multiprocessing.Manager() and "started"),
        ("cache", cached),
    ])
""",
    ),
    "numpy_files": Attack(
        "files of the host, addresses and a compiler, by numpy",
        """
import numpy as np


def render(df, f, p):
    url = "http://127.0.0.1:%d/x.npy" % p["port"]

    def compiled():
        import numpy.f2py

        return numpy.f2py.compile("end", modulename="planted") == 0

    return try_all([
        ("load", lambda: np.load(p["secret_file"], allow_pickle=True)),
        ("fromfile", lambda: np.fromfile(p["secret_file"], "u1").size),
        ("loadtxt", lambda: np.loadtxt(p["secret_file"], dtype=str).size),
        ("memmap", lambda: np.memmap(p["own_file"], mode="r+", dtype="u1").size),
        ("planted", lambda: np.save(p["drop"] + "/planted.npy", np.arange(3)) or True),
        ("tofile", lambda: np.arange(3).tofile(p["drop"] + "/planted") or True),
        ("url", lambda: np.lib.npyio.DataSource(None).open(url).read()),
        ("library", lambda: np.ctypeslib.load_library("libc", p["drop"])),
        ("compiler", compiled),
    ])
""",
    ),
}
