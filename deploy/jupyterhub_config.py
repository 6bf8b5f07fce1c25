"""JupyterHub for the course: students in JupyterLab, a grading account with formgrader, an exchange between them.

`make hub` uses it to try things out on one machine; docs/jupyterhub.md tells how a department's server does. What
differs between the two comes in as variables. The hub runs as root: it takes these names as they are, and opens,
executes and imports nothing of the course, the exchange or an account.

LOSSMARK_COURSE, LOSSMARK_EXCHANGE
    Folders: the course, which only the grading account can read, and the exchange.
LOSSMARK_COURSE_ID
    The course's name in the exchange, the same as `c.CourseDirectory.course_id` in the course's settings.
LOSSMARK_GRADER
    Name of the grading account.
LOSSMARK_HUB_STATE
    Folder of the hub's own files, which only root can read.
LOSSMARK_HUB_RUN
    Folder of the sockets of kernels; /run/lossmark-hub if not set. A long path leaves no room for their names.
LOSSMARK_HUB_PORTS
    Ports on 127.0.0.1 of the proxy, the hub, the proxy's interface and the instant check; 8000, 8081, 8001 and 8002 if
    not set.
LOSSMARK_LEDGER
    The instant check's file, in a folder that only the grading account can write.
LOSSMARK_PASSWORDS, LOSSMARK_HOMES
    For trying out: a file of accounts instead of the system's, and, where the hub is not root, the folder of homes.
"""

import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent.resolve()
LONGEST_FOLDER_OF_SOCKETS = 107 - len("/kernel-00000000-0000-0000-0000-000000000000-ipc-0")
"""Names of sockets have at most 107 characters."""
sys.path.insert(0, str(HERE))

c = get_config()  # noqa: F821 (JupyterHub provides it)

grader = os.environ["LOSSMARK_GRADER"]
state = Path(os.environ["LOSSMARK_HUB_STATE"])
port, hub_port, api_port, check_port = os.environ.get("LOSSMARK_HUB_PORTS", "8000 8081 8001 8002").split()
programs = Path(sys.executable).parent
run = Path(os.environ.get("LOSSMARK_HUB_RUN", "/run/lossmark-hub"))

# Everything listens on this machine alone: for others, put a web server with TLS in front (docs/jupyterhub.md).
c.JupyterHub.bind_url = f"http://127.0.0.1:{port}"
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{api_port}"
c.ConfigurableHTTPProxy.command = [str(HERE / "node_modules" / ".bin" / "configurable-http-proxy")]
c.ConfigurableHTTPProxy.pid_file = str(state / "proxy.pid")
c.JupyterHub.db_url = f"sqlite:///{state / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(state / "cookie_secret")

# Who may come in. Without a file of accounts: the system's accounts of the group `students`, and the grading account.
if "LOSSMARK_PASSWORDS" in os.environ:
    c.JupyterHub.authenticator_class = "password_file.PasswordFile"
    c.PasswordFile.file = os.environ["LOSSMARK_PASSWORDS"]
    c.Authenticator.allow_all = True  # everybody in the file
else:
    c.JupyterHub.authenticator_class = "pam"
    c.LocalAuthenticator.allowed_groups = {"students"}

c.Authenticator.allowed_users = {grader}  # the hub knows this account before it comes in

# Each server runs as the system's account of its user's name; without root, all run as whoever has started the hub.
c.JupyterHub.spawner_class = "localprocess" if os.getuid() == 0 else "simple"
if "LOSSMARK_HOMES" in os.environ:
    c.SimpleLocalProcessSpawner.home_dir_template = f"{os.environ['LOSSMARK_HOMES']}/{{username}}"
c.Spawner.cmd = [str(programs / "jupyterhub-singleuser")]
c.Spawner.default_url = "/lab"


def settle(spawner):
    """Give students what they need to know of the course, and the grading account the course."""
    sockets = run / spawner.user.escaped_name
    if not sockets.exists():
        sockets.mkdir(mode=0o700)
        if os.getuid() == 0:
            shutil.chown(sockets, spawner.user.name)
    if len(str(sockets)) <= LONGEST_FOLDER_OF_SOCKETS:
        # Any account may connect to a port, and read what a kernel prints; not so a socket in this folder.
        spawner.args = ["--KernelManager.transport=ipc"]
    spawner.environment = {
        "JUPYTER_RUNTIME_DIR": str(sockets),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "LOSSMARK_COURSE_ID": os.environ["LOSSMARK_COURSE_ID"],
        "LOSSMARK_EXCHANGE": os.environ["LOSSMARK_EXCHANGE"],
        "JUPYTER_CONFIG_PATH": str(HERE / "etc" / "student"),
    }
    if spawner.user.name == grader:
        spawner.environment["LOSSMARK_COURSE"] = os.environ["LOSSMARK_COURSE"]
        spawner.environment["JUPYTER_CONFIG_PATH"] = str(HERE / "etc" / "grader")
        spawner.notebook_dir = os.environ["LOSSMARK_COURSE"]


c.Spawner.pre_spawn_hook = settle

# The instant check, which c.InstantCheck.enabled in the course's nbgrader_config.py turns on. It runs as the grading
# account, and reads a student's notebook through the student's own server, with a token for that server alone.
c.JupyterHub.services = [
    {
        "name": "check",
        "url": f"http://127.0.0.1:{check_port}",
        "command": [sys.executable, "-P", "-m", "lossmark.instant"],
        "user": grader if os.getuid() == 0 else "",
        "cwd": "/",
        "environment": {
            "LOSSMARK_COURSE": os.environ["LOSSMARK_COURSE"],
            "LOSSMARK_LEDGER": os.environ["LOSSMARK_LEDGER"],
            "LOSSMARK_PROXY": f"http://127.0.0.1:{port}/",
            **({} if os.getuid() == 0 else {"HOME": os.environ["HOME"]}),
        },
        "oauth_client_allowed_scopes": ["access:servers!user"],
        "oauth_no_confirm": True,
    }
]
c.JupyterHub.load_roles = [{"name": "user", "scopes": ["self", "access:services!service=check"]}]
