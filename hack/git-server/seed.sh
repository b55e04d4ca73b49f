#!/bin/sh
# Makes /srv/git/$1.git from the files in /sample, unless it is there: pushes survive a restart of the pod.
set -eu
repository="/srv/git/$1.git"
[ -d "$repository" ] && exit 0
work=$(mktemp -d)
cd "$work"
cp -L /sample/* .
export HOME=/tmp GIT_AUTHOR_NAME=Sample GIT_AUTHOR_EMAIL=sample@example.com
export GIT_COMMITTER_NAME=Sample GIT_COMMITTER_EMAIL=sample@example.com
# The same commit wherever it is made.
export GIT_AUTHOR_DATE=2026-01-01T00:00:00Z GIT_COMMITTER_DATE=2026-01-01T00:00:00Z
git init --quiet --initial-branch=main
git add .
git commit --quiet --message='A shop that says hello'
git clone --quiet --bare . "$repository.new"
mv "$repository.new" "$repository"
