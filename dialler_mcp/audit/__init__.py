"""The audit log: who invoked what, when, with which outcome; its check; pseudonyms."""
