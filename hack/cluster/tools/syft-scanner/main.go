// Lists what is in an image, as BuildKit asks for it: see docs/attestations/sbom-protocol.md in its repository. Every
// tree that BuildKit names becomes one SPDX document. The same tree gives the same document, so that a build which is
// repeated has the same digest with its list as well.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/anchore/syft/syft"
	"github.com/anchore/syft/syft/cataloging"
	"github.com/anchore/syft/syft/cataloging/pkgcataloging"
	"github.com/anchore/syft/syft/format/spdxjson"
	"github.com/anchore/syft/syft/sbom"
	"github.com/anchore/syft/syft/source"
	"github.com/anchore/syft/syft/source/directorysource"

	_ "modernc.org/sqlite" // what newer lists of RPM packages are kept in
)

// version is that of syft; the build sets it.
var version = "unknown"

func main() {
	if len(os.Args) > 1 && os.Args[1] == "--version" {
		fmt.Println("syft", version)
		return
	}
	if err := scanAll(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func scanAll(ctx context.Context) error {
	trees := []string{os.Getenv("BUILDKIT_SCAN_SOURCE")}
	destination := os.Getenv("BUILDKIT_SCAN_DESTINATION")
	if trees[0] == "" || destination == "" {
		return fmt.Errorf("BUILDKIT_SCAN_SOURCE and BUILDKIT_SCAN_DESTINATION are not set: this is run by BuildKit")
	}
	if extras := os.Getenv("BUILDKIT_SCAN_SOURCE_EXTRAS"); extras != "" {
		more, err := filepath.Glob(filepath.Join(extras, "*"))
		if err != nil {
			return err
		}
		trees = append(trees, more...)
	}
	for _, tree := range trees {
		name := filepath.Base(tree)
		document, err := scan(ctx, tree, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := write(filepath.Join(destination, name+".spdx.json"), document); err != nil {
			return err
		}
	}
	return nil
}

func scan(ctx context.Context, tree, name string) (map[string]any, error) {
	// Links are followed inside of the tree, as a container would see them.
	from, err := directorysource.New(directorysource.Config{Path: tree, Base: tree, Alias: source.Alias{Name: name}})
	if err != nil {
		return nil, err
	}
	defer from.Close()
	// A lock file says what somebody wants to install; in an image counts what is installed.
	installed := cataloging.NewSelectionRequest().WithDefaults(pkgcataloging.ImageTag)
	config := syft.DefaultCreateSBOMConfig().WithCatalogerSelection(installed).WithTool("syft", version)
	found, err := syft.CreateSBOM(ctx, from, config)
	if err != nil {
		return nil, err
	}
	return repeatable(*found)
}

// repeatable puts the content's own hash for the random name, and no time.
func repeatable(found sbom.SBOM) (map[string]any, error) {
	encoder, err := spdxjson.NewFormatEncoderWithConfig(spdxjson.DefaultEncoderConfig())
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "spdx-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	if err := encoder.Encode(file, found); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(file.Name())
	if err != nil {
		return nil, err
	}
	var document map[string]any
	if err := json.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	document["documentNamespace"] = ""
	if creation, ok := document["creationInfo"].(map[string]any); ok {
		creation["created"] = "1970-01-01T00:00:00Z"
	}
	fixed, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	document["documentNamespace"] = fmt.Sprintf("https://vish.dev/spdx/%x", sha256.Sum256(fixed))
	return document, nil
}

func write(file string, document map[string]any) error {
	statement := map[string]any{
		"_type":         "https://in-toto.io/Statement/v0.1",
		"predicateType": "https://spdx.dev/Document",
		"predicate":     document,
	}
	text, err := json.Marshal(statement)
	if err != nil {
		return err
	}
	return os.WriteFile(file, text, 0o644)
}
