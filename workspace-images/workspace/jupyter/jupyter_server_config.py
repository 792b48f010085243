# The server's settings, root-owned. They make the room comfortable; the gateway is the control.
# JUPYTER_CONFIG_DIR points here, so nothing in a person's home can override them.
# A setting with a wrong name makes the Lab extension fail open, so the workspace tests read each of
# these back from the running server.
import os

c = get_config()  # noqa: F821

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port = 8888
c.ServerApp.port_retries = 0
c.ServerApp.base_url = "/"
c.ServerApp.root_dir = "/work/home"
c.ServerApp.open_browser = False
# The door forwards the browser's own Host header; the Origin check compares the two.
c.ServerApp.allow_remote_access = True
c.ServerApp.allow_unauthenticated_access = False
c.ServerApp.terminals_enabled = False
c.ServerApp.quit_button = False
c.ServerApp.jpserver_extensions = {
    "jupyterlab": True,
    "jupyter_lsp": False,
    "jupyter_server_terminals": False,
    "notebook_shim": False,
}
c.ServerApp.log_level = "WARN"
# The socket is the identity. The token says nothing: it only keeps Jupyter from asking for a password.
c.IdentityProvider.token = "workspace"
c.PasswordIdentityProvider.token = "workspace"

c.LabApp.extension_manager = "readonly"
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.lock_all_plugins = True
c.LabApp.expose_app_in_browser = False
c.LabApp.custom_css = False
# Only the image's own extensions: a file in the home must not become script in the frame.
c.LabApp.labextensions_path = ["/opt/glasshouse/python/share/jupyter/labextensions"]
c.LabApp.extra_labextensions_path = []
c.LabApp.user_settings_dir = "/work/home/.jupyter/lab/user-settings"
# The window layout belongs to one run: it may name files that a restored home no longer has.
c.LabApp.workspaces_dir = "/tmp/lab-workspaces"

c.FileContentsManager.delete_to_trash = False
c.ContentsManager.allow_hidden = False
c.KernelManager.transport = "ipc"
# A signature needs a secret in a file; in /tmp a full home cannot stop the start.
c.NotebookNotary.data_dir = "/tmp/jr"

os.umask(0o007)
