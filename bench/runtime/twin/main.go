// The Go twin of the runtime benchmark: the same work on controller-runtime that ours does on src/kube. It speaks to
// the harness in JSON lines on stdout, and does nothing that the other side does not do.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"time"

	"github.com/go-logr/logr"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/clientcmd"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/manager"
	"sigs.k8s.io/controller-runtime/pkg/metrics/server"
)

var started = time.Now()

// say tells the harness what happened, with the milliseconds since the process began.
func say(event string) {
	text, _ := json.Marshal(map[string]any{"event": event, "ms": float64(time.Since(started).Microseconds()) / 1000})
	fmt.Println(string(text))
}

// counter says "done" once, when as many objects were worked on as the harness expects.
type counter struct {
	expect int64
	count  atomic.Int64
}

func (c *counter) add() {
	if c.count.Add(1) == c.expect {
		say("done")
	}
}

// widgets writes the status of every Widget whose generation it has not seen.
type widgets struct {
	client client.Client
	done   counter
}

func (w *widgets) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	widget := &Widget{}
	if err := w.client.Get(ctx, request.NamespacedName, widget); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if widget.Status.ObservedGeneration != widget.Generation {
		widget.Status = WidgetStatus{ObservedGeneration: widget.Generation, Phase: "Done"}
		if err := w.client.Status().Update(ctx, widget); err != nil {
			return ctrl.Result{}, err
		}
	}
	w.done.add()
	return ctrl.Result{}, nil
}

// children only reads: Deployments with the ReplicaSets that they own, to measure what the caches weigh.
type children struct {
	client client.Client
	done   counter
}

func (c *children) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	err := c.client.Get(ctx, request.NamespacedName, &appsv1.Deployment{})
	c.done.add()
	return ctrl.Result{}, client.IgnoreNotFound(err)
}

func main() {
	// controller-runtime puts a --kubeconfig of its own into the flag package's default set.
	flags := flag.NewFlagSet("twin", flag.ExitOnError)
	kubeconfig := flags.String("kubeconfig", "", "of the server under test")
	work := flags.String("work", "widgets", "widgets or children")
	expect := flags.Int64("expect", 0, "reconciles after which to say done")
	workers := flags.Int("workers", 10, "reconciles at once")
	namespace := flags.String("namespace", "", "the only one to watch; all when empty")
	_ = flags.Parse(os.Args[1:])
	log.SetLogger(logr.Discard())
	if err := run(*kubeconfig, *work, *namespace, *expect, *workers); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(kubeconfig, work, namespace string, expect int64, workers int) error {
	mgr, err := newManager(kubeconfig, namespace)
	if err != nil {
		return err
	}
	builder := ctrl.NewControllerManagedBy(mgr).WithOptions(controller.Options{MaxConcurrentReconciles: workers})
	if work == "children" {
		builder = builder.For(&appsv1.Deployment{}).Owns(&appsv1.ReplicaSet{})
		err = builder.Complete(&children{client: mgr.GetClient(), done: counter{expect: expect}})
	} else {
		err = builder.For(&Widget{}).Complete(&widgets{client: mgr.GetClient(), done: counter{expect: expect}})
	}
	if err != nil {
		return err
	}
	say("started")
	return mgr.Start(ctrl.SetupSignalHandler())
}

func newManager(kubeconfig, namespace string) (ctrl.Manager, error) {
	config, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return nil, err
	}
	config.UserAgent = "bench-peer"
	config.QPS = -1 // as ctrl.GetConfig sets it: client-go alone would stop at 5 requests a second
	scheme := runtime.NewScheme()
	addWidgets(scheme)
	if err := appsv1.AddToScheme(scheme); err != nil {
		return nil, err
	}
	caching := cache.Options{DefaultTransform: cache.TransformStripManagedFields()}
	if namespace != "" {
		caching.DefaultNamespaces = map[string]cache.Config{namespace: {}}
	}
	return ctrl.NewManager(config, manager.Options{
		Scheme:  scheme,
		Metrics: server.Options{BindAddress: "0"},
		Cache:   caching,
	})
}
