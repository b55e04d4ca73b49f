// The first process of every pod: it holds the pod's namespaces and does nothing. The same binary is the helper of the
// volume provisioner, which runs it with `setup` or `teardown`, so that neither needs an image from a registry.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) > 1 {
		if err := volume(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	pause()
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

// volume makes or removes the directory of one volume; the provisioner passes it with -p.
func volume(action string, arguments []string) error {
	flags := flag.NewFlagSet(action, flag.ContinueOnError)
	path := flags.String("p", "", "directory of the volume")
	flags.String("s", "", "size, not enforced")
	flags.String("m", "", "volume mode")
	flags.String("a", "", "action, for older provisioners")
	if err := flags.Parse(arguments); err != nil {
		return err
	}
	if *path == "" || *path == "/" {
		return fmt.Errorf("refusing to %s the volume directory %q", action, *path)
	}
	switch action {
	case "setup":
		if err := os.MkdirAll(*path, 0o777); err != nil {
			return err
		}
		return os.Chmod(*path, 0o777) // the umask took bits away, and any user may run in the pod
	case "teardown":
		return os.RemoveAll(*path)
	}
	return fmt.Errorf("unknown action %q", action)
}
