using System.Globalization;
using FaceVoice.Training.Statistics;

namespace FaceVoice.Training.Heads;

/// <content>Batches, and what happens to those that are not finite.</content>
public sealed partial class DualTrainer
{
    private protected override string? Step()
    {
        _order ??= _sampler.Epoch(_state.Epoch);
        var started = Time.GetTimestamp();
        var samples = _order.AsSpan(_state.Batch * _sampler.BatchSize, _sampler.BatchSize);
        var plan = Plan(samples);
        var gathered = Time.GetElapsedTime(started);
        var report = _model.Step(plan);
        if (report.Skip is { } cause)
        {
            Skip(cause, samples, plan);
        }
        else
        {
            Account(report, plan, Time.GetElapsedTime(started), gathered);
        }

        return report.Skip?.Place;
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

    private void Skip(SkipCause cause, ReadOnlySpan<int> samples, BatchPlan plan)
    {
        _state.Skipped[cause.Cause] = _state.Skipped.GetValueOrDefault(cause.Cause) + 1;
        var ids = Concerned(cause, samples, plan);
        Log.Write("skip", ("step", _state.Step), ("epoch", _state.Epoch), ("cause", cause.Cause), ("place", cause.Place), ("samples", ids));
        var shown = string.Join(", ", ids.Take(3)) + (ids.Count > 3 ? string.Create(CultureInfo.InvariantCulture, $" and {ids.Count - 3} more") : "");
        Observer?.OnNotice($"step {_state.Step} skipped: {cause.Place} not finite (samples {shown})");
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
}
