"""Certificates for the tests, made by the openssl command."""
import ssl
import subprocess
from pathlib import Path


def _openssl(folder: Path, *words: str) -> None:
    done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


_NEW_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]


def make_certificate(folder: Path, stem: str, names: str = "DNS:localhost,IP:127.0.0.1",
                     issuer: str | None = None) -> None:
    """folder/stem.crt and stem.key, signed by itself or by issuer.crt in the same folder."""
    signer = ["-CA", f"{issuer}.crt", "-CAkey", f"{issuer}.key"] if issuer else []
    _openssl(folder, "req", "-x509", *_NEW_KEY, "-subj", f"/CN={stem}",
             "-addext", f"subjectAltName={names}", "-days", "2",
             "-keyout", f"{stem}.key", "-out", f"{stem}.crt", *signer)


def make_expired_certificate(folder: Path, stem: str) -> None:
    """folder/stem.crt, which was good for one day in 2020, and stem.key."""
    (folder / "index.txt").touch()
    (folder / "ca.cnf").write_text(
        "[ca]\ndefault_ca = own\n[own]\ndatabase = index.txt\nnew_certs_dir = .\nserial = serial\n"
        "default_md = sha256\npolicy = any\n[any]\ncommonName = supplied\n")
    _openssl(folder, "req", "-new", *_NEW_KEY, "-subj", f"/CN={stem}",
             "-keyout", f"{stem}.key", "-out", f"{stem}.csr")
    _openssl(folder, "ca", "-batch", "-selfsign", "-notext", "-rand_serial", "-config", "ca.cnf",
             "-startdate", "20200101000000Z", "-enddate", "20200102000000Z",
             "-keyfile", f"{stem}.key", "-in", f"{stem}.csr", "-out", f"{stem}.crt")


def client_context(folder: Path, authority: str = "server") -> ssl.SSLContext:
    """A client that trusts folder/authority.crt only, and wants the end to be announced."""
    context = ssl.create_default_context(cafile=str(folder / f"{authority}.crt"))
    context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF
    context.set_alpn_protocols(["http/1.1"])
    return context
