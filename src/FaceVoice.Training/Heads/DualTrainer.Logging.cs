using FaceVoice.Training.Imaging;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Heads;

/// <content>What a run writes down.</content>
public sealed partial class DualTrainer
{
    private const int MatrixSide = 64;
    private const int FewPeople = 50;

    private void Announce()
    {
        var identities = _groups.Distinct().Count();
        var perBatch = MeanGroupsInABatch();
        Log.Write("start",
            ("train_identities", _train.CountIdentities()), ("train_samples", _train.Samples.Length),
            ("validation_identities", _validation.CountIdentities()), ("validation_samples", _validation.Samples.Length),
            ("batch_size", _sampler.BatchSize), ("batches_per_epoch", _sampler.BatchesPerEpoch), ("identities_per_batch", perBatch),
            ("warmup_steps", _schedule.WarmupSteps), ("chance_loss", Math.Log(_sampler.BatchSize)), ("loss", _options.Loss.ToString()));
        var settings = _options.ToJson().ToDictionary(
            entry => entry.Key,
            entry => entry.Value?.GetValueKind() switch
            {
                System.Text.Json.JsonValueKind.Number => entry.Value.GetValue<double>(),
                System.Text.Json.JsonValueKind.True => true,
                System.Text.Json.JsonValueKind.False => false,
                _ => (object?)entry.Value?.ToString(),
            });
        Events.AddHyperParameters(settings, "validation/auc", "validation/auc_gender_controlled", "loss/train_epoch");
        Events.AddText("config", "```json\n" + _options.ToJson().ToString() + "\n```", 0);
        if (_options.Positives == PositiveRelation.Identity && identities >= 2 && perBatch < Math.Min(8, 0.5 * _sampler.BatchSize))
        {
            AddWarning(new("few_identities_per_batch", FormattableString.Invariant(
                $"a batch of {_sampler.BatchSize} holds {perBatch:F1} identities on average ({identities} in all): hardly a negative to learn from")));
        }

        if (_train.CountIdentities() < FewPeople)
        {
            AddWarning(new("few_people", $"{_train.CountIdentities()} people to train on: what is learnt from so few does not carry over to others; hundreds are a beginning"));
        }

        if (!_validationProbe.CanMeasure)
        {
            AddWarning(new("no_validation", "no two people are kept apart for validation: nothing will show whether anything carries over to people that were not trained on"));
        }

        if (_sampler.BatchSize < _options.BatchSize)
        {
            Observer?.OnNotice($"only {_train.Samples.Length} training samples: a batch is {_sampler.BatchSize}, not {_options.BatchSize}");
        }
    }

    private double MeanGroupsInABatch()
    {
        var order = _sampler.Epoch(0);
        return order.Chunk(_sampler.BatchSize).Take(20).Average(batch => batch.Select(i => _groups[i]).Distinct().Count());
    }

    private void LogStep(StepReport report, BatchPlan plan, BatchHealth health, TimeSpan took, TimeSpan gathered)
    {
        var skipped = _state.Skipped.Values.Sum();
        var rate = plan.Count / Math.Max(took.TotalSeconds, 1e-9);
        (string Name, double Value)[] figures =
        [
            ("loss", report.Loss), ("chance_loss", report.ChanceLoss),
            ("recall_at_1", health.RecallAt1), ("chance_recall_at_1", health.ChanceRecallAt1),
            ("temperature", _model.Temperature), ("learning_rate", plan.LearningRate),
            ("gradient_norm", report.GradientNorm), ("gradient_norm_face_head", report.FaceGradientNorm),
            ("gradient_norm_voice_head", report.VoiceGradientNorm), ("gradient_norm_loss", report.LossGradientNorm),
            .. _tower is null ? [] : new[] { ("gradient_norm_speaker_encoder", report.SpeakerGradientNorm) },
            ("alignment", health.Alignment), ("uniformity_face", health.FaceUniformity), ("uniformity_voice", health.VoiceUniformity),
            ("effective_rank_face", health.FaceEffectiveRank), ("effective_rank_voice", health.VoiceEffectiveRank),
            ("skipped", skipped), ("samples_per_second", rate),
            ("data_ms", gathered.TotalMilliseconds), ("batch_ms", took.TotalMilliseconds),
        ];
        Log.Write("step", [("step", _state.Step), ("epoch", _state.Epoch), .. figures.Select(figure => (figure.Name, (object?)figure.Value))]);
        WriteScalars("step/", figures);
        WriteScalars("skipped/", _state.Skipped.Select(entry => (entry.Key, (double)entry.Value)));
        Observer?.OnProgress(new(
            _state.Epoch, _options.NumEpochs, _state.Batch + 1, _sampler.BatchesPerEpoch, report.Loss, report.ChanceLoss, health.RecallAt1, health.ChanceRecallAt1, skipped));
    }

    private void LogEpoch(EpochSummary summary)
    {
        List<(string Name, object? Value)> line =
        [
            ("epoch", summary.Epoch), ("step", _state.Step), ("loss", summary.Loss), ("chance_loss", summary.ChanceLoss),
            ("recall_at_1", summary.RecallAt1), ("chance_recall_at_1", summary.ChanceRecallAt1),
            ("temperature", summary.Temperature), ("learning_rate", summary.LearningRate), ("seconds", summary.Seconds),
            ("samples_per_second", summary.SamplesPerSecond), ("skipped", summary.Skipped), ("best", summary.IsBest),
        ];
        AddProbe(line, "train", summary.Train);
        AddProbe(line, "validation", summary.Validation);
        Log.Write("epoch", [.. line]);
        WriteScalars("loss/", ("train_epoch", summary.Loss), ("chance", summary.ChanceLoss));
        if (summary.Train is { } train)
        {
            WriteScalars("train/", ("auc", train.Auc));
        }

        if (summary.Validation is { } validation)
        {
            WriteScalars("validation/",
                ("auc", validation.Auc), ("auc_gender_controlled", validation.GenderControlledAuc), ("auc_shuffled_control", validation.ShuffledAuc),
                ("recall_at_1", validation.RecallAt1), ("chance_recall_at_1", validation.ChanceRecallAt1));
        }
    }

    private static void AddProbe(List<(string Name, object? Value)> line, string part, ProbeResult? probe)
    {
        if (probe is not { Health: var health })
        {
            return;
        }

        (string Name, double Value)[] figures =
        [
            ("auc", probe.Auc), ("auc_gender_controlled", probe.GenderControlledAuc), ("auc_shuffled", probe.ShuffledAuc),
            ("recall_at_1", probe.RecallAt1), ("chance_recall_at_1", probe.ChanceRecallAt1), ("people", probe.People),
            ("alignment", health.Alignment),
            ("uniformity_face", health.FaceUniformity), ("uniformity_voice", health.VoiceUniformity),
            ("effective_rank_face", health.FaceEffectiveRank), ("effective_rank_voice", health.VoiceEffectiveRank),
        ];
        line.AddRange(figures.Select(figure => ($"{part}_{figure.Name}", (object?)figure.Value)));
    }

    private void DrawEmbeddings(ValidationProbe probe, float[] faces, float[] voices, float[] similarity)
    {
        var n = probe.Groups.Length;
        var side = Math.Min(n, MatrixSide);
        var corner = new float[side * side];
        for (var i = 0; i < side; i++)
        {
            similarity.AsSpan(i * n, side).CopyTo(corner.AsSpan(i * side));
        }

        Events.AddImage("validation/similarity", Raster.HeatMap(corner, side, cell: 6), _state.Step);
        Events.AddImage("validation/map", EmbeddingMap.Draw(faces, voices, probe.Genders, _options.JointDimension), _state.Step);
        Events.AddHistogram("validation/face_embeddings", faces, _state.Step);
        Events.AddHistogram("validation/voice_embeddings", voices, _state.Step);
        Events.AddHistogram("validation/similarities", similarity.AsSpan(0, Math.Min(similarity.Length, 100_000)), _state.Step);
    }
}
