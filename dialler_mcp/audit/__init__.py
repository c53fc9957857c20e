"""The audit log: who called what, when, with which outcome; its check; pseudonyms."""
