using System.Globalization;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Heads;

/// <content>Batches, and what happens to those that are not finite.</content>
public sealed partial class DualTrainer
{
    /// <summary>Runs the rest of the epoch; not null where the run ends inside it.</summary>
    private (TrainingOutcome, string)? RunEpoch(CancellationToken cancellationToken)
    {
        var order = _sampler.Epoch(_state.Epoch);
        while (_state.Batch < _sampler.BatchesPerEpoch)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                return Interrupt();
            }

            var started = _time.GetTimestamp();
            var samples = order.AsSpan(_state.Batch * _sampler.BatchSize, _sampler.BatchSize);
            var plan = Plan(samples);
            var gathered = _time.GetElapsedTime(started);
            var report = _model.Step(plan);
            if (report.Skip is { } cause)
            {
                if (Skip(cause, samples, plan) is { } stopped)
                {
                    return stopped;
                }
            }
            else
            {
                Account(report, plan, _time.GetElapsedTime(started), gathered);
            }

            _state.Step++;
            _state.Batch++;
        }

        return null;
    }

    private BatchPlan Plan(ReadOnlySpan<int> samples)
    {
        var (faces, voices) = (new int[samples.Length], new int[samples.Length]);
        var (groups, genders) = (new long[samples.Length], new long[samples.Length]);
        var voiceSamples = new int[samples.Length];
        _sampler.PickRows(samples, _state.Step, faces, voiceSamples, voices);
        for (var i = 0; i < samples.Length; i++)
        {
            (groups[i], genders[i]) = (_groups[samples[i]], _genders[samples[i]]);
        }

        var position = _state.Batch % _options.AccumulationSteps;
        return new()
        {
            Step = _state.Step,
            Faces = _train.Faces.Gather(faces, _faceBatch),
            Voices = _train.Voices.Gather(voices, _voiceBatch),
            VoiceSamples = voiceSamples,
            Groups = groups,
            Genders = genders,
            LearningRate = LearningRate,
            OpensWindow = position == 0,
            ClosesWindow = position == _options.AccumulationSteps - 1 || _state.Batch == _sampler.BatchesPerEpoch - 1,
            WantsEmbeddings = _state.Step % _options.LogEvery == 0 || _state.Batch == _sampler.BatchesPerEpoch - 1,
        };
    }

    private double LearningRate => _schedule.At(_state.Updates, _state.PlateauReductions);

    private void Account(StepReport report, BatchPlan plan, TimeSpan took, TimeSpan gathered)
    {
        _state.StepPassed();
        _state.Updates += plan.ClosesWindow ? 1 : 0;
        _state.StepsAtClamp += _options.LearnTemperature && _model.IsAtClamp ? 1 : 0;
        var groups = Array.ConvertAll(plan.Groups, group => (int)group);
        _state.LossSum += report.Loss;
        _state.ChanceSum += report.ChanceLoss;
        _state.LossCount++;
        if (report.Faces is null || report.Voices is null)
        {
            return;
        }

        var health = EmbeddingStatistics.Measure(report.Faces, report.Voices, _options.JointDimension, groups);
        _state.RecallSum += health.RecallAt1;
        _state.ChanceRecallSum += health.ChanceRecallAt1;
        _state.Measured++;
        LogStep(report, plan, health, took, gathered);
    }

    /// <summary>Counts a skipped step; not null once there were too many in a row.</summary>
    private (TrainingOutcome, string)? Skip(SkipCause cause, ReadOnlySpan<int> samples, BatchPlan plan)
    {
        _state.Skipped[cause.Cause] = _state.Skipped.GetValueOrDefault(cause.Cause) + 1;
        var ids = Concerned(cause, samples, plan);
        _log.Write("skip", ("step", _state.Step), ("epoch", _state.Epoch), ("cause", cause.Cause), ("place", cause.Place), ("samples", ids));
        var shown = string.Join(", ", ids.Take(3)) + (ids.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {ids.Count - 3} more") : "");
        _observer?.OnNotice($"step {_state.Step} skipped: {cause.Place} not finite (samples {shown})");
        if (_state.StepSkipped(cause.Place, _options.NonfinitePatience) is not { } message)
        {
            return null;
        }

        AddWarning(new("nonfinite", message));
        return (TrainingOutcome.NonFinite, message);
    }

    /// <summary>The samples that a skip is about: those of the faces and of the voices that were not finite, or the whole batch.</summary>
    private List<string> Concerned(SkipCause cause, ReadOnlySpan<int> samples, BatchPlan plan)
    {
        var concerned = cause.Faces.Count + cause.Voices.Count == 0 ? samples.ToArray().ToList() : [];
        foreach (var i in cause.Faces)
        {
            concerned.Add(samples[i]);
        }

        concerned.AddRange(cause.Voices.Select(i => plan.VoiceSamples[i]));
        return [.. concerned.Distinct().Select(i => _train.Samples[i].Id)];
    }

    private (TrainingOutcome, string) Interrupt()
    {
        if (_model.FindNonFiniteParameter() is { } broken)
        {
            return (TrainingOutcome.Cancelled, $"Cancelled. The state was not saved, as {broken} is not finite; the last checkpoint is the one from before.");
        }

        SaveLast();
        _log.Write("checkpoint", ("step", _state.Step), ("kind", "interrupted"));
        return (TrainingOutcome.Cancelled, $"Cancelled and saved at step {_state.Step}. {ResumeHint}");
    }
}
