"""What Flux does: releases, schemas, markers, policies, commit messages, and the files it reads."""
