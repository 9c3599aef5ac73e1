using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;
using FaceVoice.Torch.Optim.Schedules;
using Xunit;

namespace FaceVoice.Torch.Tests.Optim;

public sealed class ScheduleTests
{
    private const double Tolerance = 1e-9;

    [TorchFact]
    public void OneCycle_OfTenSteps_MatchesPyTorch() => Compare(
        0.1,
        optimizer => torch.optim.lr_scheduler.OneCycleLR(optimizer, 1.0, 10),
        [0.04, 0.52, 1, 0.9504846320134737, 0.8117456539497631, 0.6112620219362893, 0.38874197806371075, 0.18825834605023697, 0.049519367986526286, 4e-06, 4e-06]);

    [TorchFact]
    public void Cosine_OfFourSteps_MatchesPyTorchThenStays() => Compare(
        0.1,
        optimizer => torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4, 0.01),
        [0.1, 0.08681980515339464, 0.055, 0.023180194846605363, 0.01, 0.01]);

    [TorchFact]
    public void Linear_OfThreeSteps_MatchesPyTorchThenStays() => Compare(
        0.1, optimizer => torch.optim.lr_scheduler.LinearLR(optimizer, 0.25, 1, 3), [0.025, 0.05, 0.075, 0.1, 0.1]);

    [TorchFact]
    public void Sequential_WarmUpThenCosine_TakesOverAtTheMilestone() => Compare(
        0.1,
        optimizer => torch.optim.lr_scheduler.SequentialLR(
            optimizer,
            [torch.optim.lr_scheduler.LinearLR(optimizer, 0.5, 1, 2), torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 2)],
            [2]),
        [0.05, 0.075, 0.1, 0.05, 0]);

    [TorchFact]
    public void Plateau_WithCooldownAndFloor_MatchesPyTorch()
    {
        using Parameter parameter = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([parameter], 1.0);
        ReduceLROnPlateau schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor: 0.3, patience: 1, min_lr: 0.05, cooldown: 1);
        double[] measures = [1, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, double.NaN, 0.6, 0.6];
        double[] expected = [1, 1, 1, 0.3, 0.3, 0.3, 0.09, 0.09, 0.09, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05];

        for (int n = 0; n < measures.Length; n++)
        {
            schedule.step(measures[n]);
            Assert.Equal(expected[n], schedule.get_last_lr()[0], Tolerance);
        }
    }

    [TorchFact]
    public void StateDict_OfPlateau_GoesOnAsBefore()
    {
        using Parameter parameter = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([parameter], 1.0);
        ReduceLROnPlateau unbroken = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience: 1);
        unbroken.step(1);
        unbroken.step(1);
        ReduceLROnPlateau resumed = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, patience: 1);
        resumed.load_state_dict(unbroken.state_dict());

        resumed.step(1);

        Assert.Equal(0.1, resumed.get_last_lr()[0], Tolerance);
        Assert.Equal(3, resumed.LastStep);
    }

    [TorchFact]
    public void StateDict_OfStepSchedule_SetsTheRate()
    {
        using Parameter parameter = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([parameter], 1.0);
        CosineAnnealingLR schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 4);
        schedule.load_state_dict(new Dictionary<string, double> { ["last_step"] = 2 });
        Assert.Equal(0.5, schedule.get_last_lr()[0], Tolerance);
    }

    private static void Compare(double rate, Func<Optimizer, StepSchedule> make, double[] expected)
    {
        using Parameter parameter = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([parameter], rate);
        StepSchedule schedule = make(optimizer);
        foreach (double next in expected)
        {
            Assert.Equal(next, schedule.get_last_lr()[0], Tolerance);
            schedule.step();
        }
    }
}
