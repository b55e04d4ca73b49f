// The first process of every pod: it holds the pod's namespaces and does nothing. Called as `volume`, the same binary
// makes and removes the directories of the volume provisioner, so that neither needs an image from a registry.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

func main() {
	if filepath.Base(os.Args[0]) != "volume" {
		pause()
		return
	}
	if err := volume(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// pause reaps what is orphaned into it, as pid 1 of a shared process namespace must.
func pause() {
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGINT, syscall.SIGTERM)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case <-stop:
			return
		case <-children:
			for {
				if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
					break
				}
			}
		}
	}
}

// volume does what the provisioner asks for: `-a create` or `-a delete` of the directory `-p`.
func volume(arguments []string) error {
	flags := flag.NewFlagSet("volume", flag.ContinueOnError)
	path := flags.String("p", "", "directory of the volume")
	action := flags.String("a", "", "create or delete")
	flags.String("s", "", "size in bytes, not enforced")
	flags.String("m", "", "volume mode, always Filesystem")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *path == "" || *path == "/" {
		return fmt.Errorf("refusing to %s the volume directory %q", *action, *path)
	}
	switch *action {
	case "create":
		if err := os.MkdirAll(*path, 0o777); err != nil {
			return err
		}
		return os.Chmod(*path, 0o777) // the umask took bits away, and any user may run in the pod
	case "delete":
		return os.RemoveAll(*path)
	}
	return fmt.Errorf("unknown action %q", *action)
}
