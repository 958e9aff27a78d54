"""The commands for keys as people use them: made, listed, backed up, rotated, retired, revoked; and every refusal.

  python3 admin_commands_test.py PROGRAM

What only a server can show (that a revoked key opens nothing) is in tests/integration. Never prints a key.
"""

import os
import re
import stat
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
PASSPHRASE = "seven brass anchors rust"
EPOCH_KEY = re.compile(r"[0-9a-f]{64}")


class AdminCommands(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.data = os.path.join(self.folder.name, "data")
        os.mkdir(self.data, 0o700)

    def admin(self, *words, data=None, wanted=0):
        done = subprocess.run([PROGRAM, "admin", *words, "--data", data or self.data], capture_output=True, text=True)
        self.assertEqual(done.returncode, wanted, done.stdout + done.stderr)
        return done.stdout + done.stderr

    def secret_file(self, name, text, rights=0o600):
        path = os.path.join(self.folder.name, name)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, rights), "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(path, rights)
        return path

    def read(self, path):
        with open(path, encoding="utf-8") as file:
            return file.read()

    def card_keys(self, data=None):
        return os.path.join(data or self.data, "card-keys")

    def is_closed(self, path):
        self.assertEqual(stat.S_IMODE(os.stat(path).st_mode), 0o600, path)

    def test_a_first_key_is_made_once_and_never_shown(self):
        said = self.admin("key", "init") + self.admin("key", "list")
        self.is_closed(self.card_keys())
        self.assertIsNone(EPOCH_KEY.search(said))
        self.assertIn("epoch 1  current", said)
        before = self.read(self.card_keys())
        self.assertIn("there already", self.admin("key", "init", wanted=1))
        self.assertEqual(self.read(self.card_keys()), before)

    def test_a_file_that_others_may_read_is_refused(self):
        self.admin("key", "init")
        os.chmod(self.card_keys(), 0o640)
        self.admin("key", "list", wanted=1)

    def test_rotation_keeps_the_previous_key_until_its_overlap_is_over(self):
        self.admin("key", "init")
        first = EPOCH_KEY.search(self.read(self.card_keys())).group()
        self.admin("key", "rotate", "--overlap", "400d")
        self.assertIn(first, self.read(self.card_keys()))
        listed = self.admin("key", "list")
        self.assertIn("epoch 1  previous", listed)
        self.assertIn("epoch 2  current", listed)
        self.assertIn("may be retired from", listed)
        self.admin("key", "retire", wanted=1)
        self.admin("key", "rotate", wanted=1)  # two previous keys would be one too many
        self.assertIn(first, self.read(self.card_keys()))
        self.admin("key", "rotate", "--overlap", "soon", wanted=1)

    def test_after_the_overlap_the_previous_key_is_destroyed(self):
        self.admin("key", "init")
        first = EPOCH_KEY.search(self.read(self.card_keys())).group()
        self.admin("key", "rotate", "--overlap", "1ms")
        self.admin("key", "retire")
        self.assertNotIn(first, self.read(self.card_keys()))
        self.assertIn("epoch 1  retired", self.admin("key", "list"))

    def test_a_backup_comes_back_under_its_passphrase_only(self):
        self.admin("key", "init")
        backup = os.path.join(self.folder.name, "backup")
        right = self.secret_file("right", PASSPHRASE + "\n")
        sealed = ("--backup", backup, "--passphrase-file")
        self.admin("key", "export", *sealed, self.secret_file("short", "short"), wanted=1)
        self.assertFalse(os.path.exists(backup))
        self.admin("key", "export", *sealed, right)
        self.is_closed(backup)
        key = EPOCH_KEY.search(self.read(self.card_keys())).group()
        self.assertNotIn(key, self.read(backup))
        self.admin("key", "export", *sealed, right, wanted=1)  # a backup is not overwritten

        other = os.path.join(self.folder.name, "other")
        os.mkdir(other, 0o700)
        wrong = self.secret_file("wrong", PASSPHRASE + "s")
        self.admin("key", "import", *sealed, wrong, data=other, wanted=1)
        self.admin("key", "import", *sealed, self.secret_file("open", PASSPHRASE, 0o644), data=other, wanted=1)
        self.assertFalse(os.path.exists(self.card_keys(other)))
        self.admin("key", "import", *sealed, right, data=other)
        self.assertEqual(self.read(self.card_keys(other)), self.read(self.card_keys()))
        self.is_closed(self.card_keys(other))
        self.admin("key", "import", *sealed, right, data=other, wanted=1)

    def test_an_altered_key_file_is_noticed(self):
        self.admin("key", "init")
        text = self.read(self.card_keys())
        key = EPOCH_KEY.search(text).group()
        self.secret_file("data/card-keys", text.replace(key, key[::-1]))
        self.admin("key", "list", wanted=1)

    def test_an_api_key_is_shown_once_and_revoked_by_its_id(self):
        made = self.admin("api-key", "create", "--name", "gateway-1", "--scope", "decide,read", "--expires", "90d")
        key = re.search(r"tw_[A-Za-z0-9_-]+", made).group()
        self.is_closed(os.path.join(self.data, "api-keys"))
        self.assertNotIn(key, self.read(os.path.join(self.data, "api-keys")))
        listed = self.admin("api-key", "list")
        self.assertNotIn(key, listed)
        self.assertRegex(listed, r"^\S+ +live +gateway-1 +decide,read +expires ")
        self.assertIn("revoked", self.admin("api-key", "revoke", listed.split()[0]))
        self.assertRegex(self.admin("api-key", "list"), r"^\S+ +revoked +gateway-1 ")
        self.admin("api-key", "revoke", "none", wanted=1)

    def test_what_an_api_key_may_not_be(self):
        create = ("api-key", "create", "--name")
        self.assertIn("expected words", self.admin(*create, "a", "--scope", "all", "--expires", "9d", wanted=2))
        self.assertIn("duration", self.admin(*create, "a", "--scope", "read", "--expires", "never", wanted=2))
        self.admin(*create, "a", "--scope", "read", "--expires", "367d", wanted=1)
        self.admin(*create, "A shop", "--scope", "read", "--expires", "9d", wanted=1)
        self.admin(*create, "a", "--scope", "read", wanted=2)
        for _ in range(2):
            self.admin(*create, "a", "--scope", "read", "--expires", "9d")
        self.admin(*create, "a", "--scope", "read", "--expires", "9d", wanted=1)  # two are enough to change over


if __name__ == "__main__":
    PROGRAM = sys.argv.pop(1)
    unittest.main()
