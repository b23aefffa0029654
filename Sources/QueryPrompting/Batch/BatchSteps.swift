import ModelFiles

/// The commands that run a batch elsewhere, for the people who have the account: the state `CreateBedrockBatchJob` of the workflow.
public struct BatchSteps: Sendable, Hashable {
    /// Whose batch.
    public var format: BatchFormat
    /// The files to run.
    public var plan: BatchPlan
    /// The folder of the input files, as the commands name it.
    public var inputs: String
    /// The folder where the answers are waited for, as the commands name it.
    public var outputs: String

    /// The name of the script.
    public static let name = "run-batch.sh"

    /// Commands for these files.
    public init(_ format: BatchFormat, _ plan: BatchPlan, inputs: String, outputs: String) {
        self.format = format
        self.plan = plan
        self.inputs = inputs
        self.outputs = outputs
    }

    /// Writes the script into the folder of the input files, and returns its path.
    public func write() throws(PromptingError) -> String {
        let path = inputs + "/" + Self.name
        do {
            try ReplacedFile.write(Array(script.utf8), to: path)
        } catch {
            throw PromptingError(
                .cannotWrite, "\(path): \(error.reason)", advice: "Check the folder and the space on the disk")
        }
        return path
    }

    /// The script: for Amazon Bedrock the commands of the AWS CLI, for OpenAI those of curl and jq, and of vLLM beside them.
    public var script: String {
        let files = plan.files.map(\.name).joined(separator: " ")
        let head = """
            #!/bin/sh
            # Runs a batch of \(plan.records) questions in \(plan.files.count) file(s), and fetches the answers to where they are waited for.
            # It may be run again: jobs that were started already are not started twice.
            # A file ending in .job names the job of an input; one that failed is started anew.
            set -eu
            INPUTS=\(Self.quoted(inputs))
            OUTPUTS=\(Self.quoted(outputs))
            FILES="\(files)"

            """
        return head + (format.isBedrock ? bedrock : openAI)
    }

    private var bedrock: String {
        let type = format == .converse ? " --model-invocation-type Converse" : ""
        return """
            # BUCKET: an S3 bucket with a prefix, s3://my-bucket/needletail
            # ROLE_ARN: the service role of batch inference, which may read and write there
            # MODEL_ID: the model or inference profile, of the family that the files were written for
            : "${BUCKET:?set BUCKET}" "${ROLE_ARN:?set ROLE_ARN}" "${MODEL_ID:?set MODEL_ID}"
            mkdir -p "$OUTPUTS" && rm -f "$OUTPUTS/\(BatchProgress.failedName)" "$OUTPUTS/\(BatchProgress.completeName)"
            for FILE in $FILES; do
              # A job that was started already is only waited for.
              if [ ! -s "$INPUTS/$FILE.job" ]; then
                aws s3 cp "$INPUTS/$FILE" "$BUCKET/input/$FILE"
                # The same token until a job has ended: a script that was stopped here starts no second one.
                if [ ! -s "$INPUTS/$FILE.token" ]; then
                  echo "$(sha256sum "$INPUTS/$FILE" | cut -c 1-24)-$(date +%s)" > "$INPUTS/$FILE.token"
                fi
                TOKEN=$(cat "$INPUTS/$FILE.token")
                aws bedrock create-model-invocation-job \\
                  --job-name "needletail-$TOKEN" --client-request-token "$TOKEN" \\
                  --role-arn "$ROLE_ARN" --model-id "$MODEL_ID"\(type) \\
                  --input-data-config "{\\"s3InputDataConfig\\":{\\"s3InputFormat\\":\\"JSONL\\",\\"s3Uri\\":\\"$BUCKET/input/$FILE\\"}}" \\
                  --output-data-config "{\\"s3OutputDataConfig\\":{\\"s3Uri\\":\\"$BUCKET/output/\\"}}" \\
                  --query jobArn --output text > "$INPUTS/$FILE.job.part"
                test -s "$INPUTS/$FILE.job.part"
                mv "$INPUTS/$FILE.job.part" "$INPUTS/$FILE.job"
              fi
            done
            for FILE in $FILES; do
              JOB=$(cat "$INPUTS/$FILE.job")
              while :; do
                STATUS=$(aws bedrock get-model-invocation-job --job-identifier "$JOB" --query status --output text)
                echo "$FILE: $STATUS"
                case "$STATUS" in
                  Completed|PartiallyCompleted|Expired|Stopped) break ;;
                  Failed)
                    aws bedrock get-model-invocation-job --job-identifier "$JOB" --query message --output text \\
                      | tee "$OUTPUTS/\(BatchProgress.failedName)"
                    rm -f "$INPUTS/$FILE.job" "$INPUTS/$FILE.token"
                    echo "$FILE: the job failed; mend the cause and run this script again" >&2
                    exit 1 ;;
                esac
                sleep 60
              done
              # The answers lie in a folder with the last part of the job's name.
              aws s3 cp --recursive "$BUCKET/output/${JOB##*/}" "$OUTPUTS/${JOB##*/}"
            done
            # Questions without an answer (of a job that expired, say) are not waited for any more.
            touch "$OUTPUTS/\(BatchProgress.completeName)"

            """
    }

    private var openAI: String {
        """
        # OPENAI_API_KEY: the key. OPENAI_BASE_URL: another service that takes the same requests.
        # With vLLM nothing of this is needed:
        #   vllm run-batch -i "$INPUTS/FILE" -o "$OUTPUTS/FILE" --model MODEL
        : "${OPENAI_API_KEY:?set OPENAI_API_KEY}"
        URL=${OPENAI_BASE_URL:-https://api.openai.com/v1}
        # The key goes through a pipe, so that no list of processes shows it.
        ask() { printf 'Authorization: Bearer %s\\n' "$OPENAI_API_KEY" | curl --fail-with-body -sS -H @- "$@"; }
        field() { jq -r ".$1 // empty"; }
        mkdir -p "$OUTPUTS" && rm -f "$OUTPUTS/\(BatchProgress.failedName)" "$OUTPUTS/\(BatchProgress.completeName)"
        for FILE in $FILES; do
          if [ ! -s "$INPUTS/$FILE.job" ]; then
            ID=$(ask "$URL/files" -F purpose=batch -F "file=@$INPUTS/$FILE" | field id)
            ask "$URL/batches" -H "Content-Type: application/json" \\
              -d "{\\"input_file_id\\":\\"$ID\\",\\"endpoint\\":\\"/v1/chat/completions\\",\\"completion_window\\":\\"24h\\"}" \\
              | field id > "$INPUTS/$FILE.job.part"
            test -s "$INPUTS/$FILE.job.part"
            mv "$INPUTS/$FILE.job.part" "$INPUTS/$FILE.job"
          fi
        done
        for FILE in $FILES; do
          JOB=$(cat "$INPUTS/$FILE.job")
          while :; do
            BATCH=$(ask "$URL/batches/$JOB")
            STATUS=$(printf '%s\\n' "$BATCH" | field status)
            echo "$FILE: $STATUS"
            case "$STATUS" in
              completed|expired|cancelled) break ;;
              failed) printf '%s\\n' "$BATCH" | tee "$OUTPUTS/\(BatchProgress.failedName)"
                rm -f "$INPUTS/$FILE.job"
                echo "$FILE: the batch failed; mend the cause and run this script again" >&2
                exit 1 ;;
            esac
            sleep 60
          done
          OUTPUT=$(printf '%s\\n' "$BATCH" | field output_file_id)
          ERRORS=$(printf '%s\\n' "$BATCH" | field error_file_id)
          if [ -n "$OUTPUT" ]; then ask "$URL/files/$OUTPUT/content" -o "$OUTPUTS/$FILE"; fi
          if [ -n "$ERRORS" ]; then ask "$URL/files/$ERRORS/content" -o "$OUTPUTS/errors-$FILE"; fi
        done
        # Questions without an answer (of a batch that expired, say) are not waited for any more.
        touch "$OUTPUTS/\(BatchProgress.completeName)"

        """
    }

    /// A word of the shell.
    private static func quoted(_ text: String) -> String { "'\(text.replacing("'", with: "'\\''"))'" }
}
