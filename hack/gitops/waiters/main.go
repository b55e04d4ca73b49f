// Command waiters says what others make of our objects: kstatus, as Flux and Helm use it, and Argo CD with the Lua
// scripts of the folder that it is given. Objects come as a JSON list on stdin, answers leave as one on stdout.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/fluxcd/cli-utils/pkg/kstatus/status"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

type answer struct {
	// Kstatus is Current, InProgress, Failed, Terminating or an error.
	Kstatus string            `json:"kstatus"`
	Health  map[string]any    `json:"health"`
	Actions map[string]action `json:"actions,omitempty"`
}

type action struct {
	Disabled bool `json:"disabled"`
	// After is the object as the action leaves it; absent while it is disabled.
	After map[string]any `json:"after,omitempty"`
}

func main() {
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(folder string) error {
	var objects []map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&objects); err != nil {
		return err
	}
	answers := make([]answer, 0, len(objects))
	for _, object := range objects {
		found, err := answerFor(folder, object)
		if err != nil {
			return err
		}
		answers = append(answers, found)
	}
	return json.NewEncoder(os.Stdout).Encode(answers)
}

func answerFor(folder string, object map[string]any) (answer, error) {
	health, err := health(folder, object)
	if err != nil {
		return answer{}, err
	}
	found := answer{Kstatus: kstatusOf(object), Health: health}
	if object["kind"] == "Deployment" {
		found.Actions, err = actions(folder, object)
	}
	return found, err
}

func kstatusOf(object map[string]any) string {
	result, err := status.Compute(&unstructured.Unstructured{Object: integers(object).(map[string]any)})
	if err != nil {
		return err.Error()
	}
	return string(result.Status)
}

// integers makes whole numbers what a Kubernetes client reads them as.
func integers(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		copied := make(map[string]any, len(typed))
		for name, inner := range typed {
			copied[name] = integers(inner)
		}
		return copied
	case []any:
		copied := make([]any, 0, len(typed))
		for _, inner := range typed {
			copied = append(copied, integers(inner))
		}
		return copied
	case float64:
		if typed == float64(int64(typed)) {
			return int64(typed)
		}
	}
	return value
}
