// The commands `kpt fn` of the newest kpt, for the tests of hosts. kpt itself cannot be installed with go: its alpha
// commands need a module that is not served. kpt prints more of an error than this does.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/kptdev/kpt/commands/fn"
	"github.com/kptdev/kpt/pkg/printer"
)

func main() {
	root := &cobra.Command{Use: "kpt", SilenceUsage: true, SilenceErrors: true}
	root.PersistentFlags().BoolVar(&printer.TruncateOutput, "truncate-output", true, "")
	ctx := printer.WithContext(context.Background(), printer.New(os.Stdout, os.Stderr))
	root.AddCommand(fn.GetCommand(ctx, "kpt"))
	root.AddCommand(&cobra.Command{Use: "version", Run: func(*cobra.Command, []string) { fmt.Println("1.0.0-beta.61") }})
	if err := root.ExecuteContext(ctx); err != nil {
		for next := err; next != nil; next = errors.Unwrap(next) {
			err = next // the innermost says what is wrong, as in kpt's own main
		}
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}
