package import JSON
import ModelFiles
import TrainableEncoders

extension TrainingConfiguration {
    /// Throws for settings that are missing, and for those that do not fit each other.
    ///
    /// - Throws: ``TrainingError/Code/badConfiguration`` that names the setting.
    public func check() throws(TrainingError) {
        func fault(_ setting: String, _ reason: String, _ advice: String) -> TrainingError {
            TrainingError(.badConfiguration, reason, advice: advice, setting: setting)
        }
        if model.isEmpty { throw fault("model", "it is not set", "Give the folder of the model to begin with") }
        if trainingData.isEmpty { throw fault("train", "it is not set", "Give a file of examples or a BEIR folder") }
        if output.isEmpty { throw fault("output", "it is not set", "Give a folder for checkpoints and the model") }
        if task != .crossEncoder, labels != nil {
            throw fault("labels", "only cross-encoders have labels", "Remove it")
        }
        if task != .sparse {
            if sparseActivation != nil {
                throw fault("sparse_activation", "only sparse encoders pool logits", "Remove it")
            }
            if inferenceFreeQueries == true {
                throw fault("inference_free", "only sparse encoders have queries without a network", "Remove it")
            }
            if trainsQueryTokenWeights {
                throw fault("trainable_idf", "only sparse encoders weigh tokens of queries", "Remove it")
            }
            if queryTokenWeights != nil {
                throw fault("idf", "only sparse encoders weigh tokens of queries", "Remove it")
            }
        } else if queryTokenWeights != nil, inferenceFreeQueries != true {
            throw fault("idf", "weights of query tokens are for queries without a network", "Set inference_free, too")
        }
        if task == .crossEncoder {
            for (setting, isSet) in [
                ("document_length", documentLength != nil), ("query_prompt", queryPrompt != nil),
                ("document_prompt", documentPrompt != nil),
            ] where isSet {
                throw fault(setting, "cross-encoders read pairs", "Remove it; query_length is the length of a pair")
            }
        }
        if task != .crossEncoder {
            for (setting, isSet) in [
                ("evaluation_candidates", evaluationCandidates != nil),
                ("evaluation_depth", evaluationDepth != TrainingConfiguration().evaluationDepth),
            ] where isSet {
                throw fault(setting, "only cross-encoders reorder candidates", "Remove it")
            }
        }
        if pairOrder != nil {
            for (setting, isSet) in [("positives", positives != .all), ("negatives", negatives ?? 0 > 0)] where isSet {
                throw fault(setting, "the pairs are those of pair_order, in its order", "Remove one of the two")
            }
        }
        if trainsQueryTokenWeights == false, queryTokenRate != nil {
            throw fault("idf_learning_rate", "weights of query tokens are not trained", "Set trainable_idf, too")
        }
        if evaluationData == nil {
            for (setting, isSet) in [
                ("evaluation_candidates", evaluationCandidates != nil), ("evaluate_every", evaluateEvery != nil),
                ("evaluation_queries", evaluationQueries != nil),
            ] where isSet {
                throw fault(setting, "there is nothing to evaluate on", "Set 'evaluation', or remove it")
            }
        }
        let metrics = ModelEvaluator.metrics.map(\.name)
        guard metrics.contains(bestMetric) else {
            throw fault(
                "best_metric", "'\(bestMetric)' is not computed", "Take one of \(metrics.joined(separator: ", "))")
        }
    }

    /// The settings that decide the result, by name.
    package var decidingSettings: JSONObject {
        var settings = JSONObject()
        settings["task"] = .string(task.rawValue)
        for setting in TrainingSetting.all where setting.decidesResult {
            settings[setting.name] = setting.value(in: self)
        }
        return settings
    }

    /// The SHA-256 digest of the settings that decide the result, hexadecimal.
    package var hash: String {
        var digest = SHA256()
        for (name, value) in decidingSettings { digest.add("\(name)=\(value.serialized())") }
        return digest.hexadecimal()
    }
}
