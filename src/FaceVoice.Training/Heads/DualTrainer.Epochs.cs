using FaceVoice.Datasets.Features;
using FaceVoice.Training.Runs;

namespace FaceVoice.Training.Heads;

/// <content>What is done after each epoch.</content>
public sealed partial class DualTrainer
{
    private protected override (TrainingOutcome, string)? AfterStep()
    {
        _state.Step++;
        return ++_state.Batch < _sampler.BatchesPerEpoch ? null : FinishEpoch();
    }

    private (TrainingOutcome, string)? FinishEpoch()
    {
        var (took, rate) = (Time.GetElapsedTime(_epochStarted), LearningRate);
        if (FindNonFinite() is { } broken)
        {
            return (
                TrainingOutcome.NonFinite,
                $"Stopped after epoch {_state.Epoch}: the weights {broken} are not finite. The checkpoints from before are kept.");
        }

        var train = Measure(_trainProbe, _train);
        var validation = Measure(_validationProbe, _validation);
        var summary = Summarize(took, rate, train, validation);
        Judge(summary);
        _state.History.Add(summary);
        foreach (var warning in EpochDetectors.Inspect(_state.History, _state.StepsAtClamp > 0.5 * _sampler.BatchesPerEpoch))
        {
            if (warning.Code is not ("stuck_at_chance" or "learning_rate_too_high") || PastWarmup)
            {
                AddWarning(warning);
            }
        }

        LogEpoch(summary);
        Observer?.OnValidation(summary);
        if (summary.IsBest)
        {
            Save(Path.Combine(Folder.Checkpoints, "best.safetensors"));
        }

        var stopped = StopReason(summary);
        _state.Epoch++;
        _state.BeginEpoch();
        _state.Finished = stopped is not null || _state.Epoch >= _options.NumEpochs;
        WriteCheckpoint();
        (_order, _epochStarted) = (null, Time.GetTimestamp());
        return stopped;
    }

    private bool PastWarmup => _state.Updates > _schedule.WarmupSteps && _state.Epoch >= 1;

    private ProbeResult? Measure(ValidationProbe probe, FeatureSet set)
    {
        if (!probe.CanMeasure)
        {
            return null;
        }

        var (faces, voices, similarity) = _model.Embed(set, probe.FaceRows, probe.VoiceRows);
        if (probe == _validationProbe)
        {
            DrawEmbeddings(probe, faces, voices, similarity);
        }

        return probe.Measure(faces, voices, similarity, _options.JointDimension);
    }

    private EpochSummary Summarize(TimeSpan took, double rate, ProbeResult? train, ProbeResult? validation)
    {
        var score = validation?.Auc ?? double.NaN;
        return new()
        {
            Epoch = _state.Epoch,
            Loss = _state.LossSum / _state.LossCount,
            ChanceLoss = _state.ChanceSum / _state.LossCount,
            RecallAt1 = _state.RecallSum / _state.Measured,
            ChanceRecallAt1 = _state.ChanceRecallSum / _state.Measured,
            Train = train,
            Validation = validation,
            Temperature = _model.Temperature,
            LearningRate = rate,
            Seconds = took.TotalSeconds,
            SamplesPerSecond = (double)_sampler.BatchesPerEpoch * _sampler.BatchSize / Math.Max(took.TotalSeconds, 1e-9),
            Skipped = _state.Skipped.Values.Sum(),
            IsBest = validation is null ? _state.Epoch == _options.NumEpochs - 1 : score > _state.BestScore,
        };
    }

    /// <summary>Keeps the books of best epoch, plateau and chance.</summary>
    private void Judge(EpochSummary summary)
    {
        if (summary.Validation is { } validation && summary.IsBest)
        {
            (_state.BestScore, _state.BestEpoch) = (validation.Auc, summary.Epoch);
            (_state.EpochsWithoutImprovement, _state.EpochsOnPlateau) = (0, 0);
        }
        else
        {
            _state.EpochsWithoutImprovement++;
            _state.EpochsOnPlateau++;
        }

        if (_options.Schedule == LearningRateDecay.Plateau && _state.EpochsOnPlateau >= _options.PlateauPatience)
        {
            _state.PlateauReductions++;
            _state.EpochsOnPlateau = 0;
            Observer?.OnNotice(FormattableString.Invariant(
                $"no improvement for {_options.PlateauPatience} epochs: learning rate now {LearningRate:G3}"));
        }

        _state.EpochsAtChance = PastWarmup && EpochDetectors.IsAtChance(summary) ? _state.EpochsAtChance + 1 : 0;
    }

    private (TrainingOutcome, string)? StopReason(EpochSummary summary)
    {
        if (_options.ChancePatience > 0 && _state.EpochsAtChance >= _options.ChancePatience)
        {
            var text = _warnings.Values.Where(warning => warning.Code is not "stuck_at_chance").Select(warning => $"{warning.Code}: {warning.Text}");
            var losses = FormattableString.Invariant($"loss {summary.Loss:F3}, knowing nothing gives {summary.ChanceLoss:F3}");
            return (
                TrainingOutcome.StuckAtChance,
                $"Stopped: nothing learnt that carries over to other people for {_state.EpochsAtChance} epochs ({losses}; "
                + $"{EpochDetectors.ValidationOf(summary)}). {string.Join("; ", text)} Ask: facevoice doctor --run {Folder.Root}");
        }

        return _options.EarlyStoppingPatience > 0 && summary.Validation is not null && _state.EpochsWithoutImprovement >= _options.EarlyStoppingPatience
            ? (TrainingOutcome.EarlyStopped, BestLine($"Stopped early after {_state.EpochsWithoutImprovement} epochs without improvement"))
            : null;
    }

    private void AddWarning(TrainingWarning warning)
    {
        if (_warnings.TryAdd(warning.Code, warning))
        {
            Log.Write("warning", ("epoch", _state.Epoch), ("code", warning.Code), ("text", warning.Text));
            Observer?.OnNotice($"warning ({warning.Code}): {warning.Text}");
        }
    }
}
