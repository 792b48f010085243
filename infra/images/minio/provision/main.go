// Makes what one document describes: buckets, one policy a user, and the users with the secrets that lie
// in files. Run again it changes what differs; it never deletes a bucket. Names no secret in its output.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/minio/madmin-go/v3"
	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

type store struct {
	Buckets []string `json:"buckets"`
	Users   []string `json:"users"`
}

func secret(name string) (string, error) {
	text, err := os.ReadFile(filepath.Join("/run/secrets/glasshouse", name))
	return strings.TrimSpace(string(text)), err
}

func provision(ctx context.Context, endpoint, directory string) error {
	text, err := os.ReadFile(filepath.Join(directory, "store.json"))
	if err != nil {
		return err
	}
	var wanted store
	if err := json.Unmarshal(text, &wanted); err != nil {
		return fmt.Errorf("store.json: %w", err)
	}
	root, err := secret("store-root-password")
	if err != nil {
		return err
	}
	who := credentials.NewStaticV4("glasshouse-root", root, "")
	objects, err := minio.New(endpoint, &minio.Options{Creds: who, Region: "us-east-1"})
	if err != nil {
		return err
	}
	admin, err := madmin.NewWithOptions(endpoint, &madmin.Options{Creds: who})
	if err != nil {
		return err
	}
	for _, bucket := range wanted.Buckets {
		present, err := objects.BucketExists(ctx, bucket)
		if err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
		if !present {
			if err := objects.MakeBucket(ctx, bucket, minio.MakeBucketOptions{}); err != nil {
				return fmt.Errorf("bucket %s: %w", bucket, err)
			}
		}
	}
	for _, user := range wanted.Users {
		policy, err := os.ReadFile(filepath.Join(directory, "policies", user+".json"))
		if err != nil {
			return err
		}
		if err := admin.AddCannedPolicy(ctx, "glasshouse-"+user, policy); err != nil {
			return fmt.Errorf("policy of %s: %w", user, err)
		}
		key, err := secret("store-" + user + "-key")
		if err != nil {
			return err
		}
		if err := admin.AddUser(ctx, user, key); err != nil {
			return fmt.Errorf("user %s: %w", user, err)
		}
		attached, err := admin.GetUserInfo(ctx, user)
		if err != nil {
			return fmt.Errorf("user %s: %w", user, err)
		}
		if attached.PolicyName == "glasshouse-"+user {
			continue
		}
		request := madmin.PolicyAssociationReq{Policies: []string{"glasshouse-" + user}, User: user}
		if _, err := admin.AttachPolicy(ctx, request); err != nil {
			return fmt.Errorf("policy of %s: %w", user, err)
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: provision HOST:PORT DIRECTORY")
		os.Exit(2)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	if err := provision(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
